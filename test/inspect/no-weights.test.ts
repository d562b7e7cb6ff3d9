import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { buildModel } from '../../src/graph/index.ts';
import { inspectModel } from '../../src/inspect/index.ts';
import { DataFolder, type OpenModel } from '../../src/onnx/index.ts';
import { Tensor, type TensorStorage } from '../../src/tensor/index.ts';
import { foreignBytes } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';
import { inspectFile, plainConfig } from './inspect-file.ts';

const weightBytes = 24 * 1024 * 1024;

/** Counts what is read from files from here on. */
function countReads(): () => number {
  const original = fs.readSync;
  let bytes = 0;
  vi.spyOn(fs, 'readSync').mockImplementation((...args: Parameters<typeof fs.readSync>) => {
    const count = original(...args);
    bytes += count;
    return count;
  });
  return () => bytes;
}

const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ dim_value: size })) });
const typeOf = (elementType: unknown) => ({
  tensor_type: { elem_type: elementType ?? 1, shape: shape(1) },
});

/** A model whose one weight is of `weightBytes`; other numbers of the tensor as given. */
function modelBytes(weight: Record<string, unknown>): Uint8Array {
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    graph: {
      name: 'g',
      node: [{ op_type: 'ReduceSum', input: ['w'], output: ['y'] }],
      initializer: [{ name: 'w', data_type: 1, dims: [weightBytes / 4], ...weight }],
      output: [{ name: 'y', type: typeOf(weight['data_type']) }],
    },
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('no weights are read', () => {
  test('that lie in the model', async () => {
    const file = writeModel(modelBytes({ raw_data: new Uint8Array(weightBytes) }));
    const read = countReads();
    const report = await inspectFile(file, { nodes: true, tensors: true, text: true, check: true });
    expect(report).toMatchObject({ parameters: weightBytes / 4, parameterBytes: weightBytes });
    expect(report.findings).toEqual([]);
    expect(read()).toBeGreaterThan(0);
    expect(read()).toBeLessThan(64 * 1024);
  });

  test('that are written as varints, whose bytes can only be counted by reading them', async () => {
    const elements = 4 * 1024 * 1024;
    const zeros = Array.from({ length: elements }, () => 0);
    const typed = { data_type: 10, dims: [elements], int32_data: zeros };
    const file = writeModel(modelBytes(typed));
    const read = countReads();
    const report = await inspectFile(file, { tensors: true });
    expect(report).toMatchObject({ parameters: elements, parameterBytes: 2 * elements });
    expect(read()).toBeLessThan(64 * 1024);
    expect(await inspectFile(file, { check: true })).toMatchObject({ verdict: 'pass' });
    expect(read()).toBeGreaterThan(elements);
  });

  test('that lie in a data file', async () => {
    const file = writeModel(
      modelBytes({
        data_location: 1,
        external_data: [
          { key: 'location', value: 'w.bin' },
          { key: 'offset', value: '4096' },
          { key: 'length', value: String(weightBytes) },
        ],
      }),
    );
    // Sparse where the file system can: nothing has to be written.
    fs.closeSync(fs.openSync(path.join(path.dirname(file), 'w.bin'), 'w'));
    fs.truncateSync(path.join(path.dirname(file), 'w.bin'), weightBytes + 4096);
    const read = countReads();
    const report = await inspectFile(file, { tensors: true, external: true, check: true });
    expect(report).toMatchObject({ parameterBytes: weightBytes, verdict: 'pass' });
    expect(report.externalFiles).toMatchObject([{ usedBytes: weightBytes, unusedBytes: 4096 }]);
    expect(read()).toBeLessThan(64 * 1024);
  });

  test('unless --stats asks for them, and then each byte once', async () => {
    const file = writeModel(modelBytes({ raw_data: new Uint8Array(weightBytes) }));
    const read = countReads();
    const { tensors } = await inspectFile(file, { stats: true });
    expect(tensors?.[0]?.stats).toMatchObject({ zeros: weightBytes / 4, mean: 0 });
    expect(read()).toBeGreaterThanOrEqual(weightBytes);
    expect(read()).toBeLessThan(weightBytes + 4 * 1024 * 1024);
  });
});

describe('reading weights for long', () => {
  /** A model with one constant that takes 60 ms for each of its four pieces. */
  function slowModel(): OpenModel {
    const pieceBytes = 1024;
    const storage: TensorStorage = {
      kind: 'external',
      byteLength: 4 * pieceBytes,
      bytes: () => new Uint8Array(4 * pieceBytes),
      *chunks() {
        for (let piece = 0; piece < 4; piece += 1) {
          const end = performance.now() + 60;
          while (performance.now() < end);
          yield new Uint8Array(pieceBytes);
        }
      },
    };
    const model = buildModel({ opset: 17 }, (b) => {
      const w = b.initializer(new Tensor({ name: 'w', dtype: 'float32', dims: [1024], storage }));
      b.output(b.node('Identity', [w], {}, { outputs: ['y'] }), 'float32', [1024]);
    });
    const folder = new DataFolder('m');
    return { model, path: 'm', sizeBytes: 1, folder, bytesRead: 0, close: () => undefined };
  }

  test('tells how far it has come', async () => {
    const told: unknown[] = [];
    const onProgress = (...progress: unknown[]): void => void told.push(progress);
    await inspectModel(slowModel(), { ...plainConfig, stats: true }, { onProgress });
    expect(told).toEqual([
      [1024, 4096, 'w'],
      [2048, 4096, 'w'],
      [3072, 4096, 'w'],
      [4096, 4096, 'w'],
    ]);
  });

  test('ends when it is told to', async () => {
    const controller = new AbortController();
    const told: number[] = [];
    const reading = inspectModel(
      slowModel(),
      { ...plainConfig, stats: true },
      {
        signal: controller.signal,
        onProgress: (done) => {
          told.push(done);
          if (told.length === 2) controller.abort();
        },
      },
    );
    await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(told).toEqual([1024, 2048]);
  });
});
