import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { formatType, type Model, type Value } from '../graph/index.ts';
import { openTensorFile } from '../onnx/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** Recorded inputs and outputs of a model, by the names of the model. */
export interface TestDataSet {
  readonly inputs: Map<string, Tensor>;
  readonly outputs: Map<string, Tensor>;
  /** Files that hold something else than a tensor, or belong to nothing in the model. */
  readonly skipped: { readonly name: string; readonly reason: string }[];
}

/**
 * Reads an ONNX test data set: `input_0.pb`, …, `output_0.pb`, …, one `TensorProto` each.
 *
 * A tensor that carries the name of an input goes to that input; any other goes by its number, where
 * inputs that have a default do not count (as in onnxruntime's test runner, and what the 1,100 tests
 * of ONNX's own suite agree with).
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/OnnxBackendTest.md
 *
 * @throws MlkitError FILE_* when the folder cannot be read, INPUT_DATA when it has no such file or
 *   one is not a tensor, MODEL_MALFORMED when one is damaged.
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
  target: Map<string, Tensor>,
  { file, name, kind, positional, named }: DataFile,
  skipped: TestDataSet['skipped'],
): void {
  const type = positional?.type ?? null;
  if (type !== null && type.kind !== 'tensor' && type.kind !== 'unknown') {
    const reason = `${kind} "${positional?.name ?? ''}" is ${formatType(type)}; only tensors can be passed`;
    skipped.push({ name, reason });
    return;
  }
  const tensor = openTensorFile(file);
  const value = named.find((each) => each.name === tensor.name && tensor.name !== '') ?? positional;
  if (value === undefined) {
    skipped.push({ name, reason: `the model has no ${kind} for it` });
    return;
  }
  if (target.has(value.name)) {
    throw new MlkitError('INPUT_DATA', `${file} is the second file for ${kind} "${value.name}"`);
  }
  target.set(value.name, tensor.with({ name: value.name }));
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
