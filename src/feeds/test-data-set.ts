import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import type { Model, Value } from '../graph/index.ts';
import { isTensor, type TensorValue } from '../tensor/index.ts';
import { readRecordedValue } from './recorded-value.ts';

/** Recorded inputs and outputs of a model, by the names of the model. */
export interface TestDataSet {
  readonly inputs: Map<string, TensorValue>;
  readonly outputs: Map<string, TensorValue>;
  /** Files that hold what cannot be passed, or belong to nothing in the model. */
  readonly skipped: SkippedFile[];
}

export interface SkippedFile {
  /** Of the file. */
  readonly name: string;
  readonly kind: 'input' | 'output';
  /** The input or output that it is for; null: the model has none. */
  readonly value: string | null;
  readonly reason: string;
  /** Whether model and file contradict each other; else it is nobody's fault. */
  readonly isWrong: boolean;
}

/**
 * Reads an ONNX test data set: `input_0.pb`, …, `output_0.pb`, …, one message each: of a tensor, or
 * of a sequence, an optional or a map where the model declares one. Maps come as the matrix that
 * ZipMap makes them of, or the row that DictVectorizer makes of them.
 *
 * A value that carries the name of an input goes to that input; any other goes by its number, where
 * inputs that have a default do not count (as in onnxruntime's test runner, and what the 1,100 tests
 * of ONNX's own suite agree with).
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/OnnxBackendTest.md
 *
 * @throws MlkitError FILE_* when the folder cannot be read, INPUT_DATA when it has no such file or
 *   one holds another kind of value, MODEL_MALFORMED when one is damaged.
 */
export function readTestDataSet(folder: string, model: Model): TestDataSet {
  const files = numberedFiles(folder);
  if (files.length === 0) {
    throw new MlkitError('INPUT_DATA', `${folder} is no ONNX test data set: it has no input_0.pb`);
  }
  const result: TestDataSet = { inputs: new Map(), outputs: new Map(), skipped: [] };
  const { graph } = model;
  const required = graph.inputs.filter((value) => !hasDefault(value));
  for (const { name, kind, index } of files) {
    const values = kind === 'input' ? required : graph.outputs;
    const named = kind === 'input' ? graph.inputs : graph.outputs;
    readInto(
      result[kind === 'input' ? 'inputs' : 'outputs'],
      { file: path.join(folder, name), name, kind, positional: values[index], named },
      result.skipped,
    );
  }
  return result;
}

/** Whether a folder is a test data set. */
export function isTestDataSet(folder: string): boolean {
  return numberedFiles(folder).length > 0;
}

/** Whether the model has a constant that stands in when nobody feeds the input. */
export function hasDefault(value: Value): boolean {
  return value.initializer !== null || value.sparseInitializer !== null;
}

interface DataFile {
  readonly file: string;
  readonly name: string;
  readonly kind: 'input' | 'output';
  readonly positional: Value | undefined;
  readonly named: readonly Value[];
}

function readInto(
  target: Map<string, TensorValue>,
  { file, name, kind, positional, named }: DataFile,
  skipped: SkippedFile[],
): void {
  const recorded = readRecordedValue(file, positional ?? null);
  const own = named.find((each) => each.name === recorded.name && recorded.name !== '');
  const value = own ?? positional;
  if (value === undefined) {
    const reason = `the model has no ${kind} for it`;
    skipped.push({ name, kind, value: null, reason, isWrong: true });
    return;
  }
  if (target.has(value.name)) {
    throw new MlkitError('INPUT_DATA', `${file} is the second file for ${kind} "${value.name}"`);
  }
  if ('reason' in recorded) {
    const reason = `${kind} "${value.name}": ${recorded.reason}`;
    skipped.push({ name, kind, value: value.name, reason, isWrong: recorded.isWrong });
    return;
  }
  const { value: given } = recorded;
  target.set(value.name, isTensor(given) ? given.with({ name: value.name }) : given);
}

interface NumberedFile {
  readonly name: string;
  readonly kind: 'input' | 'output';
  readonly index: number;
}

function numberedFiles(folder: string): NumberedFile[] {
  let names: string[];
  try {
    names = fs.readdirSync(folder);
  } catch (error) {
    throw fromFileError('cannot read the input data', folder, error);
  }
  return names
    .flatMap((name): NumberedFile[] => {
      const [, kind, digits] = /^(input|output)_(\d+)\.pb$/.exec(name) ?? [];
      if (kind !== 'input' && kind !== 'output') return [];
      return [{ name, kind, index: Number(digits) }];
    })
    .toSorted((a, b) => a.kind.localeCompare(b.kind) || a.index - b.index);
}
