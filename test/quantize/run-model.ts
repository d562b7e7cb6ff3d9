import fs from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type Model, walkNodes } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { readModel } from '../../src/onnx/index.ts';
import { temporaryFolder } from '../support/files.ts';

/** An input in the forms that the tests need. */
export type Feed =
  | { readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly dims: readonly number[]; readonly data: Uint8Array };

export type FeedMap = Readonly<Record<string, Feed>>;

/** Runs a model in this process, and gives its float outputs. */
export async function runModel(
  model: Model | Uint8Array,
  feeds: FeedMap,
  optimization: 'all' | 'disabled' = 'all',
): Promise<Map<string, Float32Array>> {
  const session = await InferenceSession.create(bytesOf(model), {
    graphOptimizationLevel: optimization,
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const given = Object.entries(feeds).map(([name, feed]) => [name, ortTensor(feed)] as const);
    const results = await session.run(Object.fromEntries(given));
    return new Map(
      Object.entries(results).map(([name, tensor]) => [
        name,
        Float32Array.from(tensor.data as Float32Array),
      ]),
    );
  } finally {
    await session.release();
  }
}

function ortTensor({ dims, data }: Feed): OrtTensor {
  if (data instanceof BigInt64Array) return new OrtTensor('int64', data, dims);
  if (data instanceof Uint8Array) return new OrtTensor('bool', data, dims);
  return new OrtTensor('float32', data, dims);
}

/** How often each operator is in the graph that onnxruntime makes of a model. */
export async function fusedOperators(model: Model | Uint8Array): Promise<Record<string, number>> {
  const file = path.join(temporaryFolder(), 'optimized.onnx');
  const session = await InferenceSession.create(bytesOf(model), {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath: file,
    logSeverityLevel: 4,
  });
  await session.release();
  const counts: Record<string, number> = {};
  for (const { node } of walkNodes(readModel(fs.readFileSync(file)))) {
    counts[node.opType] = (counts[node.opType] ?? 0) + 1;
  }
  return counts;
}

export function bytesOf(model: Model | Uint8Array): Uint8Array {
  return model instanceof Uint8Array ? model : encodeModel(model).toBytes();
}

/** 10·log10(Σ r² / Σ (r − a)²) */
export function sqnrDb(reference: Float32Array, actual: Float32Array): number {
  if (reference.length !== actual.length) throw new RangeError('the lengths differ');
  let signal = 0;
  let noise = 0;
  for (const [at, value] of reference.entries()) {
    signal += value * value;
    noise += (value - (actual[at] ?? Number.NaN)) ** 2;
  }
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}
