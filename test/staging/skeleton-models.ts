import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { buildModel, type Model } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/index.ts';
import { type Tensor, Tensor as TensorClass, type TensorStorage } from '../../src/tensor/index.ts';
import { temporaryFolder } from '../support/files.ts';

/** A float32 matrix of ones. */
export function ones(rows: number, columns: number, name = ''): Tensor {
  const data = new Float32Array(rows * columns).fill(1);
  return filled('float32', [rows, columns], new Uint8Array(data.buffer), name);
}

export function filled(
  dtype: 'float32' | 'int64',
  dims: readonly number[],
  bytes: Uint8Array,
  name = '',
): Tensor {
  const storage: TensorStorage = {
    kind: 'memory',
    byteLength: bytes.byteLength,
    bytes: () => bytes,
    *chunks() {
      yield bytes;
    },
  };
  return new TensorClass({ name, dtype, dims, storage });
}

/** y[N, 64] = Reshape(x[N, 256] · W[256, 64] + bias + big Constant, shape); `op` in place of MatMul. */
export function large(op = 'MatMul', weight: Tensor = ones(256, 64)): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', ['N', 256]);
    const product = b.node(op, [x, b.initializer(weight, 'W')]);
    const biased = b.node('Add', [product, b.initializer(ones(1, 64), 'bias')]);
    const table = b.node('Constant', [], { value: ones(512, 64) }, { name: 'table' });
    const mean = b.node('ReduceMean', [table], { axes: [0], keepdims: 1 });
    const sum = b.node('Add', [biased, mean]);
    const shape = new Uint8Array(BigInt64Array.of(-1n, 64n).buffer);
    const to = b.initializer(filled('int64', [2], shape), 'shape');
    b.output(b.node('Reshape', [sum, to], {}, { outputs: ['y'] }), 'float32', ['N', 64]);
  });
}

/** Writes a model whose weight W is a hole of `rows` · 4 KiB, to a path. Takes no space on most disks. */
export async function writeHollow(file: string, rows: number): Promise<void> {
  const byteLength = rows * 4096;
  let at = 0;
  const none = (): never => {
    throw new Error('it is a hole');
  };
  const storage: TensorStorage = {
    kind: 'memory',
    byteLength,
    bytes: none,
    *chunks() {
      at += byteLength;
      yield new Uint8Array(0);
    },
  };
  const model = buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [1, rows]);
    const w = b.initializer(
      new TensorClass({ dtype: 'float32', dims: [rows, 1024], storage }),
      'W',
    );
    b.output(b.node('MatMul', [x, w], {}, { outputs: ['y'] }), 'float32', [1, 1024]);
  });
  const rope = await encodeModel(model);
  const descriptor = fs.openSync(file, 'w');
  for (const chunk of rope.chunks()) {
    fs.writeSync(descriptor, chunk, 0, chunk.length, at);
    at += chunk.length;
  }
  fs.closeSync(descriptor);
}

/** Makes temporary folders be made in a new folder, which is returned. */
export function watchTemporaryFolder(to: string = temporaryFolder()): string {
  const names = ['TMPDIR', 'TEMP', 'TMP'];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = to;
  onTestFinished(() => {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  return path.resolve(to);
}
