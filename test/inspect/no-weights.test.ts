import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { foreignBytes } from '../support/protobuf.ts';
import { inspectFile, writeModel } from './inspect-file.ts';

const weightBytes = 24 * 1024 * 1024;

/** Counts what is read from files from here on. */
function countReads(): () => number {
  const original = fs.readSync;
  let bytes = 0;
  vi.spyOn(fs, 'readSync').mockImplementation(((...args: Parameters<typeof fs.readSync>) => {
    const count = original(...args);
    bytes += count;
    return count;
  }) as typeof fs.readSync);
  return () => bytes;
}

const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ dim_value: size })) });
const type = { tensor_type: { elem_type: 1, shape: shape(1) } };

/** A model whose one weight is of `weightBytes`; other numbers of the tensor as given. */
function modelBytes(weight: Record<string, unknown>): Uint8Array {
  return foreignBytes('ModelProto', {
    ir_version: 8,
    opset_import: [{ version: 17 }],
    graph: {
      name: 'g',
      node: [{ op_type: 'ReduceSum', input: ['w'], output: ['y'] }],
      initializer: [{ name: 'w', data_type: 1, dims: [weightBytes / 4], ...weight }],
      output: [{ name: 'y', type }],
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
