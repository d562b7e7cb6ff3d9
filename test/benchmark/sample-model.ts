import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildModel, type Dimension } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

/** A folder for one test file, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mlkit-benchmark-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The bytes of a model that multiplies its rows by a matrix `layers` times. */
export function matMulModel(
  batch: Dimension,
  { size = 16, layers = 1 }: { size?: number; layers?: number } = {},
): Uint8Array {
  const model = buildModel({ opset: 17 }, (b) => {
    const weights = Float32Array.from({ length: size * size }, (_, at) => Math.sin(at) / size);
    const w = b.initializer(tensorFrom('float32', [size, size], weights, 'w'));
    let value = b.input('x', 'float32', [batch, size]);
    for (let layer = 0; layer < layers; layer += 1) value = b.node('MatMul', [value, w]);
    b.output(value, 'float32', [batch, size]);
  });
  return encodeModel(model).toBytes();
}

/** Writes a file into the folder and returns its path. */
export function writeTo(folder: string, name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
