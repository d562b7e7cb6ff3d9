import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import { openTensorFile } from '../onnx/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { isTensor, type Tensor, type TensorValue } from '../tensor/index.ts';
import type { ModelInput } from './inputs.ts';
import { readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { readWholeFile } from './read-file.ts';
import { isTestDataSet, readTestDataSet } from './test-data-set.ts';

/** An array and the words that say where it is from: `file eval.npz`. */
export interface SourcedArray {
  readonly tensor: Tensor;
  readonly source: string;
}

/** What `--inputs` leads to. */
export interface InputData {
  /**
   * One map for arrays that may hold many rows; for test data sets one map a set. By the names of
   * inputs where those are known, else by the names that the files give.
   */
  readonly sets: readonly ReadonlyMap<string, SourcedArray>[];
  /** Sequences and optionals of each set; only test data sets have them. */
  readonly others: readonly Feeds[];
  /** Whether each set is one sample as it is. */
  readonly isSamples: boolean;
  readonly notes: readonly string[];
}

const forms =
  'It can be a .npz file, NAME=file.npy, a folder of .npy and .npz files, or an ONNX test_data_set_0 folder.';

/**
 * Reads the values of `--inputs`.
 *
 * @param inputs The inputs that can be fed.
 * @throws MlkitError USAGE for a value that is none of the forms or names an input twice, FILE_* and
 *   INPUT_DATA when a file cannot be read.
 */
export function readInputData(
  sources: readonly string[],
  model: Model,
  inputs: readonly ModelInput[],
): InputData {
  const reader = new SourceReader(model, inputs);
  for (const source of sources) reader.add(source);
  return reader.result(sources);
}

class SourceReader {
  readonly #model: Model;
  readonly #inputNames: readonly string[];
  /** Those without a default: what files without names can mean. */
  readonly #requiredNames: readonly string[];
  readonly #arrays = new Map<string, SourcedArray>();
  readonly #samples: Map<string, SourcedArray>[] = [];
  readonly #others: Feeds[] = [];
  readonly #notes: string[] = [];

  constructor(model: Model, inputs: readonly ModelInput[]) {
    this.#model = model;
    this.#inputNames = inputs.map((input) => input.name);
    this.#requiredNames = inputs.filter((input) => !input.isOptional).map((input) => input.name);
  }

  add(source: string): void {
    const named = this.#splitName(source);
    if (named !== null) {
      this.#addFile(named.file, named.name);
      return;
    }
    const stat = statOf(source, this.#inputNames);
    if (stat.isDirectory()) this.#addFolder(source);
    else if (source.endsWith('.npz')) this.#addArchive(source);
    else this.#addFile(source, this.#onlyInput(source));
  }

  result(sources: readonly string[]): InputData {
    if (this.#samples.length > 0 && this.#arrays.size > 0) {
      throw new MlkitError(
        'USAGE',
        `--inputs mixes test data sets with other arrays: ${sources.join(', ')}`,
        { hint: 'Give one kind at a time.' },
      );
    }
    const isSamples = this.#samples.length > 0;
    const sets = isSamples ? this.#samples : [this.#arrays];
    return { sets, others: this.#others, isSamples, notes: this.#notes };
  }

  /** `NAME=file`, split where the left side is an input: both may contain "=" themselves. */
  #splitName(source: string): { name: string; file: string } | null {
    for (let at = source.indexOf('='); at >= 0; at = source.indexOf('=', at + 1)) {
      const name = source.slice(0, at);
      if (this.#inputNames.includes(name)) return { name, file: source.slice(at + 1) };
    }
    return null;
  }

  #onlyInput(source: string): string {
    const [name, second] = this.#requiredNames;
    if (name !== undefined && second === undefined) return name;
    throw new MlkitError(
      'USAGE',
      `--inputs ${source} does not say which of the ${this.#requiredNames.length} inputs it is for`,
      {
        hint: `Write --inputs NAME=${source}, where NAME is one of: ${this.#inputNames.join(', ')}.`,
      },
    );
  }

  #addFile(file: string, name: string): void {
    const source = `file ${path.basename(file)}`;
    if (file.endsWith('.npy')) {
      this.#set(name, { tensor: readNpy(readWholeFile(file), file), source });
    } else if (file.endsWith('.pb')) {
      this.#set(name, { tensor: openTensorFile(file), source });
    } else {
      throw new MlkitError('USAGE', `--inputs cannot read ${file}: its name should end in .npy`, {
        hint: forms,
      });
    }
  }

  #addArchive(file: string): void {
    const source = `file ${path.basename(file)}`;
    const arrays = readNpz(file);
    const names = [...arrays.keys()];
    // numpy.savez(file, a, b) names arrays by their position; nothing else is meant by it.
    const isPositional =
      names.length === this.#requiredNames.length &&
      names.every((name, at) => name === `arr_${at}`);
    for (const [at, [name, tensor]] of [...arrays].entries()) {
      const target = isPositional ? (this.#requiredNames[at] ?? name) : name;
      const from = target === name ? source : `${source} (${name}, by position)`;
      this.#set(target, { tensor, source: from });
    }
  }

  #addFolder(folder: string): void {
    const entries = entriesOf(folder);
    const sets = isTestDataSet(folder)
      ? [folder]
      : entries
          .filter((name) => /^test_data_set_\d+$/.test(name))
          .toSorted((a, b) => Number(a.slice(14)) - Number(b.slice(14)))
          .map((name) => path.join(folder, name));
    if (sets.length > 0) {
      for (const set of sets) this.#addTestDataSet(set);
      return;
    }
    const files = entries.filter((name) => /\.np[yz]$/.test(name)).toSorted();
    if (files.length === 0) {
      throw new MlkitError('INPUT_DATA', `${folder} has no input data in it`, { hint: forms });
    }
    for (const name of files) {
      const file = path.join(folder, name);
      if (name.endsWith('.npz')) this.#addArchive(file);
      else this.#addFile(file, this.#inputOfFile(name));
    }
  }

  /** Characters that file names cannot have are usually replaced by "_". */
  #inputOfFile(fileName: string): string {
    const stem = fileName.replace(/\.npy$/, '');
    if (this.#inputNames.includes(stem)) return stem;
    const alike = this.#inputNames.filter((name) => name.replaceAll(/[^\w.-]/g, '_') === stem);
    return alike.length === 1 ? (alike[0] ?? stem) : stem;
  }

  #addTestDataSet(folder: string): void {
    const { inputs, skipped } = readTestDataSet(folder, this.#model);
    const source = `file set ${path.basename(folder)}`;
    for (const { name, kind, reason } of skipped) {
      if (kind === 'input') {
        this.#notes.push(`${path.join(folder, name)} is not used: ${reason}`);
      }
    }
    const arrays = new Map<string, SourcedArray>();
    const others = new Map<string, TensorValue>();
    for (const [name, value] of inputs) {
      if (isTensor(value)) arrays.set(name, { tensor: value, source });
      else others.set(name, value);
    }
    this.#samples.push(arrays);
    this.#others.push(others);
  }

  #set(name: string, array: SourcedArray): void {
    const earlier = this.#arrays.get(name);
    if (earlier !== undefined) {
      throw new MlkitError(
        'USAGE',
        `--inputs gives "${name}" twice: ${earlier.source} and ${array.source}`,
      );
    }
    this.#arrays.set(name, array);
  }
}

function statOf(source: string, inputNames: readonly string[]): fs.Stats {
  try {
    return fs.statSync(source);
  } catch (error) {
    const converted = fromFileError('cannot read the input data', source, error);
    if (converted.code !== 'FILE_NOT_FOUND' || !source.includes('=')) throw converted;
    const name = source.slice(0, source.indexOf('='));
    throw new MlkitError(
      'USAGE',
      `--inputs names the input "${name}", which the model does not have`,
      {
        hint: `Its inputs are: ${inputNames.join(', ') || 'none'}.`,
        cause: error,
      },
    );
  }
}

function entriesOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    throw fromFileError('cannot read the input data', folder, error);
  }
}
