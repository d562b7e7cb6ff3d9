import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../../errors.ts';
import { vectorizedMap, zippedMaps } from '../../feeds/index.ts';
import type { Model, Value } from '../../graph/index.ts';
import { encodeValue, type PendingFile, throwIfAborted, writeFiles } from '../../onnx/index.ts';
import type { RunnableOutput } from '../../parity/index.ts';
import { toolInfo } from '../../report/index.ts';
import { runtimeVersion } from '../../runtime/index.ts';
import type { TensorValue } from '../../tensor/index.ts';
import { thisMachine } from './cpu-features.ts';
import { type GoldenMetadata, type GoldenRuntime, goldenFileName } from './golden-metadata.ts';
import { hashModelFiles } from './hash-files.ts';
import { beginFolder } from './whole-folder.ts';

/** The inputs of one run and what came of it, by the model's names. */
export interface GoldenValues {
  readonly inputs: ReadonlyMap<string, TensorValue>;
  readonly outputs: ReadonlyMap<string, TensorValue>;
}

export interface GoldenRequest {
  /** Of a model in ORT format, its inputs and outputs are enough. */
  readonly model: Model;
  readonly modelPath: string;
  /** What the loaded model says of its outputs: why some cannot be had. */
  readonly outputs?: readonly Pick<RunnableOutput, 'name' | 'unpassable'>[];
  readonly runtime: Pick<GoldenRuntime, 'provider' | 'optimization' | 'threads'>;
  /** Where the inputs come from, and the seed of random ones. */
  readonly data: GoldenMetadata['data'];
  /** Whether data that mlkit recorded there before may be replaced. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** What was recorded. */
export interface SavedData {
  /** As in `golden.json`. */
  readonly metadata: GoldenMetadata;
  /** Of all files together. */
  readonly sizeBytes: number;
}

/**
 * Records what a model gives: `test_data_set_0/input_0.pb`, …, `output_0.pb`, …, one value each, as
 * every ONNX tool reads them, and what there is to know of model, runtime and machine in `golden.json`.
 * The folder appears when all of it is written, and not at all when anything goes wrong.
 *
 * Files are numbered in the model's order: inputs that have no default first, then those that have
 * one and are given all the same, as readers that go by numbers leave those out; outputs by their
 * place, so that one which cannot be had leaves a gap.
 *
 * Source: https://github.com/onnx/onnx/blob/main/docs/OnnxBackendTest.md
 *
 * @param sets Taken one at a time; only one is in memory.
 * @throws MlkitError FILE_EXISTS before any set is asked for when something is in the way, INPUT_DATA
 *   when there is nothing to record, INTERRUPTED, and whatever writing and `sets` run into.
 */
export async function saveGolden(
  folder: string,
  request: GoldenRequest,
  sets: AsyncIterable<GoldenValues> | Iterable<GoldenValues>,
): Promise<SavedData> {
  const { model, modelPath, signal } = request;
  const pending = beginFolder(folder, request.force ?? false);
  try {
    const files = await hashModelFiles(modelPath, model, signal);
    const names = { inputs: new Set<string>(), outputs: new Set<string>() };
    let count = 0;
    let sizeBytes = 0;
    for await (const set of sets) {
      throwIfAborted(signal);
      if (set.outputs.size === 0) {
        throw new MlkitError('INPUT_DATA', `there is no output of ${modelPath} to record`);
      }
      sizeBytes += await writeSet(path.join(pending.path, `test_data_set_${count}`), set, request);
      for (const name of set.inputs.keys()) names.inputs.add(name);
      for (const name of set.outputs.keys()) names.outputs.add(name);
      count += 1;
    }
    if (count === 0) {
      throw new MlkitError('INPUT_DATA', `there is nothing to record of ${modelPath}: no samples`);
    }
    const metadata = metadataOf(request, { files, count, ...names });
    const text = `${JSON.stringify(metadata, null, 2)}\n`;
    writeText(path.join(pending.path, goldenFileName), text);
    throwIfAborted(signal);
    pending.commit();
    return { metadata, sizeBytes: sizeBytes + Buffer.byteLength(text) };
  } catch (error) {
    throw inWordsOf(folder, pending.path, error);
  } finally {
    pending.discard();
  }
}

/** An error about the folder that is being written, by the name that it was to have. */
function inWordsOf(folder: string, pending: string, error: unknown): unknown {
  if (!(error instanceof MlkitError)) return error;
  const { code, message, hint, cause } = error;
  return new MlkitError(code, message.replaceAll(pending, folder), { hint, cause });
}

interface Recorded {
  readonly files: GoldenMetadata['model']['files'];
  readonly count: number;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
}

function metadataOf(request: GoldenRequest, recorded: Recorded): GoldenMetadata {
  const { model, outputs = [], runtime, data } = request;
  const unpassable = new Map(outputs.map(({ name, unpassable: reason }) => [name, reason]));
  const { provider, optimization, threads } = runtime;
  const outputNames = namesOf(model.graph.outputs);
  return {
    schema: 1,
    kind: 'mlkit-golden',
    tool: toolInfo(),
    model: { files: recorded.files },
    inputs: namesOf(inputOrder(model)).filter((name) => recorded.inputs.has(name)),
    outputs: outputNames.filter((name) => recorded.outputs.has(name)),
    missingOutputs: outputNames
      .filter((name) => !recorded.outputs.has(name))
      .map((name) => ({ name, reason: unpassable.get(name) ?? 'the model did not give it' })),
    sets: recorded.count,
    data,
    runtime: { name: 'onnxruntime', version: runtimeVersion(), provider, optimization, threads },
    machine: thisMachine(),
    date: new Date().toISOString(),
  };
}

function namesOf(values: readonly Value[]): string[] {
  return values.map(({ name }) => name);
}

/** Those without a default first. */
function inputOrder({ graph }: Model): Value[] {
  const hasDefault = ({ initializer, sparseInitializer }: Value): boolean =>
    initializer !== null || sparseInitializer !== null;
  const needed = graph.inputs.filter((value) => !hasDefault(value));
  return [...needed, ...graph.inputs.filter(hasDefault)];
}

/** @returns The bytes written. */
async function writeSet(
  folder: string,
  { inputs, outputs }: GoldenValues,
  request: GoldenRequest,
): Promise<number> {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    throw fromFileError('cannot write', folder, error);
  }
  const { graph } = request.model;
  const files: PendingFile[] = [];
  const add = async (file: string, declared: Value, value: TensorValue): Promise<void> => {
    const { name, type } = declared;
    const keys = (zippedMaps(declared) ?? vectorizedMap(declared))?.keys ?? null;
    files.push({
      path: path.join(folder, file),
      content: await encodeValue({ name, value, type, keys }),
    });
  };
  const given = inputOrder(request.model).filter(({ name }) => inputs.has(name));
  for (const [at, declared] of given.entries()) {
    await add(`input_${at}.pb`, declared, inputs.get(declared.name) ?? null);
  }
  for (const [at, declared] of graph.outputs.entries()) {
    const value = outputs.get(declared.name);
    if (value !== undefined) await add(`output_${at}.pb`, declared, value);
  }
  const { signal } = request;
  await writeFiles(files, signal === undefined ? {} : { signal });
  return files.reduce((sum, { content }) => sum + content.length, 0);
}

function writeText(file: string, text: string): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw fromFileError('cannot write', file, error);
  }
}
