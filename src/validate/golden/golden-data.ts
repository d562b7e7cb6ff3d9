import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fromFileError, MlkitError } from '../../errors.ts';
import { readNpz, readTestDataSet, type SkippedFile } from '../../feeds/index.ts';
import type { Model } from '../../graph/index.ts';
import type { TensorValue } from '../../tensor/index.ts';

/** Recorded inputs and the outputs that belong to them, by the names of the model. */
export interface GoldenSet {
  readonly name: string;
  readonly inputs: ReadonlyMap<string, TensorValue>;
  readonly outputs: ReadonlyMap<string, TensorValue>;
  /** Recorded outputs that the model does not have. */
  readonly strangers: readonly string[];
  /** Files that were recorded and cannot be used, and why. */
  readonly skipped: readonly SkippedFile[];
}

/** A place where one set is. */
export interface GoldenPlace {
  readonly name: string;
  read(model: Model): GoldenSet;
}

/**
 * Finds what was recorded in a folder: an ONNX test data set (`input_0.pb`, `output_0.pb`), a folder
 * of several (`test_data_set_0`, …), or `.npz` files whose arrays bear the names of the model's inputs
 * and outputs.
 *
 * @throws MlkitError INPUT_DATA when there is nothing, FILE_* when the folder cannot be read.
 */
export function findGolden(folder: string): readonly GoldenPlace[] {
  const entries = entriesOf(folder);
  if (entries.some((name) => /^(input|output)_\d+\.pb$/.test(name))) {
    return [testDataSet(folder, basename(folder))];
  }
  const sets = entries
    .filter((name) => /^test_data_set_\d+$/.test(name))
    .toSorted((a, b) => Number(a.slice(14)) - Number(b.slice(14)));
  if (sets.length > 0) return sets.map((name) => testDataSet(join(folder, name), name));
  const archives = entries.filter((name) => name.endsWith('.npz')).toSorted();
  if (archives.length > 0) return archives.map((name) => archive(join(folder, name), name));
  throw new MlkitError('INPUT_DATA', `nothing is recorded in ${folder}`, {
    hint: 'It should hold input_0.pb and output_0.pb, folders named test_data_set_0 and so on, or .npz files.',
  });
}

function testDataSet(folder: string, name: string): GoldenPlace {
  return {
    name,
    read(model) {
      const { inputs, outputs, skipped } = readTestDataSet(folder, model);
      const isStranger = ({ kind, value }: SkippedFile): boolean =>
        kind === 'output' && value === null;
      return {
        name,
        inputs,
        outputs,
        strangers: skipped.filter(isStranger).map((each) => each.name),
        skipped: skipped.filter((each) => !isStranger(each)),
      };
    },
  };
}

function archive(file: string, name: string): GoldenPlace {
  return {
    name,
    read(model) {
      const inputNames = new Set(model.graph.inputs.map((value) => value.name));
      const outputNames = new Set(model.graph.outputs.map((value) => value.name));
      const arrays = [...readNpz(file)];
      const known = (names: ReadonlySet<string>): Map<string, TensorValue> =>
        new Map(arrays.filter(([array]) => names.has(array)));
      const others = arrays.filter(([array]) => !inputNames.has(array) && !outputNames.has(array));
      return {
        name,
        inputs: known(inputNames),
        outputs: known(outputNames),
        strangers: others.map(([array]) => array),
        skipped: [],
      };
    },
  };
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const isFile = (error as NodeJS.ErrnoException).code === 'ENOTDIR' && existsSync(folder);
    if (!isFile) throw fromFileError('cannot read the recorded data', folder, error);
    throw new MlkitError('INPUT_DATA', `--golden ${folder}: it is a file, not a folder`, {
      hint: 'Give the folder that it lies in.',
      cause: error,
    });
  }
}
