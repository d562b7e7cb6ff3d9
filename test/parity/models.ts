import path from 'node:path';
import { buildModel, type GraphBuilder, type Model } from '../../src/graph/index.ts';
import { saveModel } from '../../src/onnx/index.ts';
import type { Feeds } from '../../src/runtime/index.ts';
import { type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { temporaryFolder } from '../support/files.ts';

/** Writes models that are built for a test, and gives their paths. */
export async function saved(...models: readonly [name: string, model: Model][]): Promise<string[]> {
  const folder = temporaryFolder();
  return Promise.all(
    models.map(async ([name, model]) => {
      const file = path.join(folder, name);
      await saveModel(model, file);
      return file;
    }),
  );
}

export function float32(dims: readonly number[], values: readonly number[]): Tensor {
  return tensorFrom('float32', dims, Float32Array.from(values));
}

export const weights: readonly number[] = [0.5, -1, 2, 0.25, 3, -0.75];

/** y[N, 3] = x[N, 2] · W + 1, and z = −y. */
export function linear(values: readonly number[] = weights): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', ['N', 2]);
    const y = addLinear(b, x, values, 'y');
    const z = b.node('Neg', [y], {}, { outputs: ['z'] });
    b.output(y, 'float32', ['N', 3]);
    b.output(z, 'float32', ['N', 3]);
  });
}

export function addLinear(
  b: GraphBuilder,
  x: Parameters<GraphBuilder['node']>[1][number],
  values: readonly number[],
  name: string,
): ReturnType<GraphBuilder['node']> {
  const w = b.initializer(float32([2, 3], values), 'W');
  const one = b.initializer(float32([1], [1]), 'one');
  const product = b.node('MatMul', [x, w]);
  return b.node('Add', [product, one], {}, { outputs: [name] });
}

/** Rows of different values for the input x[N, 2]. */
export function feeds(count = 3): Feeds[] {
  return Array.from(
    { length: count },
    (_, i) => new Map([['x', float32([2, 2], [i + 1, -i, 0.5 * i, 2 - i])]]),
  );
}
