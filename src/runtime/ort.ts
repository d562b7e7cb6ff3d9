import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type DataType, dataTypes } from '../tensor/index.ts';
import type { OpenRequest, WireTensor } from './protocol.ts';
import type { ValueInfo } from './runtime.ts';

/*
 * The only module that knows onnxruntime-node. Loading this module does not load the runtime:
 * `loadRuntime` does, and only the child process calls it.
 */

type Binding = typeof import('onnxruntime-node');

/** The version of the installed onnxruntime-node, read from its package.json. */
export function runtimeVersion(): string {
  const path = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}

/** onnxruntime in this process. */
export interface Runtime {
  load(request: OpenRequest): Promise<LoadedModel>;
}

/** A model in this process. Everything is synchronous inside, whatever the promises say. */
export interface LoadedModel {
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
  /** Makes the runtime's own tensors of a feed, outside of what is timed. */
  prepare(tensors: readonly WireTensor[]): PreparedFeed;
  /** Runs; the result is opaque so that nothing is spent on it in a timing loop. */
  run(feed: PreparedFeed, fetches: readonly string[]): Promise<RunOutputs>;
  /** Frees the model and completes the profile where there is one. */
  release(): Promise<void>;
}

export type PreparedFeed = InferenceSession.FeedsType & { readonly prepared?: never };
export type RunOutputs = InferenceSession.ReturnType;

/** Loads onnxruntime-node. Costs tens of milliseconds, and maps its libraries into this process. */
export async function loadRuntime(): Promise<Runtime> {
  const { default: ort } = await import('onnxruntime-node');
  // Of the environment, which is made with the first session: the session's own level is set below.
  ort.env.logLevel = 'error';
  return {
    async load(request) {
      const options = sessionOptions(request);
      // The binding has one overload for each, and typescript picks none for a union.
      const session =
        typeof request.model === 'string'
          ? await ort.InferenceSession.create(request.model, options)
          : await ort.InferenceSession.create(request.model, options);
      return loadedModel(ort, session, request.profilePrefix !== null);
    },
  };
}

function loadedModel(ort: Binding, session: InferenceSession, profiles: boolean): LoadedModel {
  return {
    inputs: session.inputMetadata.map(valueInfo),
    outputs: session.outputMetadata.map(valueInfo),
    prepare(tensors) {
      const feed = Object.create(null) as InferenceSession.FeedsType & Record<string, OrtTensor>;
      for (const tensor of tensors) feed[tensor.name] = ortTensor(ort, tensor);
      return feed;
    },
    run: (feed, fetches) => session.run(feed, fetches),
    async release() {
      if (profiles) session.endProfiling();
      await session.release();
    },
  };
}

/** Session options of onnxruntime-node 1.30 that are really read; others are ignored in silence. */
function sessionOptions(request: OpenRequest): InferenceSession.SessionOptions {
  return {
    executionProviders: [request.provider],
    intraOpNumThreads: request.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: request.optimization,
    logSeverityLevel: 3,
    extra: request.config,
    ...(request.optimizedModelPath !== null && {
      optimizedModelFilePath: request.optimizedModelPath,
    }),
    ...(request.profilePrefix !== null && {
      enableProfiling: true,
      profileFilePrefix: request.profilePrefix,
    }),
  };
}

function valueInfo(metadata: InferenceSession.ValueMetadata): ValueInfo {
  const { name, isTensor } = metadata;
  if (!isTensor) return { name, isTensor, dtype: null, shape: [] };
  return { name, isTensor, dtype: dataTypeOf(metadata.type), shape: [...metadata.shape] };
}

/** The binding's type names are ours, where ours has them. */
function dataTypeOf(type: string): DataType | null {
  return type in dataTypes ? (type as DataType) : null;
}

function ortTensor(ort: Binding, tensor: WireTensor): OrtTensor {
  const { dtype, dims, bytes, strings } = tensor;
  if (strings !== null) return new ort.Tensor('string', strings, dims);
  if (bytes === null) throw new Error(`tensor "${tensor.name}" came without its bytes`);
  const { arrayType } = dataTypes[dtype];
  // The channel puts bytes at any offset; typed arrays must start at a multiple of their width.
  const isAligned = bytes.byteOffset % arrayType.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : new Uint8Array(bytes);
  const length = byteLength / arrayType.BYTES_PER_ELEMENT;
  const data = new arrayType(buffer as ArrayBuffer, byteOffset, length);
  return new ort.Tensor(dtype as OrtTensor.Type, data as OrtTensor.DataType, dims);
}

/** The outputs in the order of `fetches`. */
export function wireTensors(outputs: RunOutputs, fetches: readonly string[]): WireTensor[] {
  return fetches.map((name) => {
    const { type, dims, data } = outputs[name] as OrtTensor;
    if (type === 'string') {
      return { name, dtype: type, dims, bytes: null, strings: data as string[] };
    }
    const { buffer, byteOffset, byteLength } = data as Exclude<OrtTensor.DataType, string[]>;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return { name, dtype: type as DataType, dims, bytes, strings: null };
  });
}
