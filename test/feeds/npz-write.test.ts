import fs from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readNpz, writeNpz } from '../../src/feeds/index.ts';
import { memoryStorage, stringTensor, Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { temporaryFolder } from '../support/files.ts';

const arrays = new Map([
  ['/layer.0/x:0', tensorFrom('float32', [2, 2], Float32Array.of(1, -2.5, Number.NaN, 4))],
  ['ids', tensorFrom('int64', [3], BigInt64Array.of(1n, -(2n ** 60n), 3n))],
  ['scalar', tensorFrom('bool', [], Uint8Array.of(1))],
  ['empty', tensorFrom('float32', [0, 4], new Float32Array())],
  ['text', stringTensor([2], ['a', 'längeres'])],
]);

describe('the arrays of a .npz file', () => {
  test('come back as they were, in order', () => {
    const file = path.join(temporaryFolder(), 'data.npz');
    fs.writeFileSync(file, writeNpz(arrays));
    const back = readNpz(file);
    expect([...back.keys()]).toEqual([...arrays.keys()]);
    for (const [name, tensor] of arrays) {
      const read = back.get(name);
      expect(read?.dtype).toBe(tensor.dtype);
      expect(read?.dims).toEqual(tensor.dims);
      if (tensor.dtype === 'string') expect(read?.toStrings()).toEqual(tensor.toStrings());
      else expect(read?.data()).toEqual(tensor.data());
    }
  });

  test('are .npy files that are not packed, and the same bytes every time', () => {
    const bytes = writeNpz(arrays);
    expect(writeNpz(arrays)).toEqual(bytes);
    const members = unzipSync(bytes);
    expect(Object.keys(members)).toContain('/layer.0/x:0.npy');
    const ids = members['ids.npy'] ?? new Uint8Array();
    expect(new TextDecoder('latin1').decode(ids.subarray(1, 6))).toBe('NUMPY');
    expect(new DataView(ids.buffer, ids.byteOffset + ids.length - 24).getBigInt64(0, true)).toBe(
      1n,
    );
    // Packed, so many zeros would be nearly nothing.
    const zeros = tensorFrom('float32', [1000], new Float32Array(1000));
    expect(writeNpz(new Map([['z', zeros]])).length).toBeGreaterThan(4000);
  });

  test('of types that NumPy lacks are written in a wider one', () => {
    const file = path.join(temporaryFolder(), 'data.npz');
    const half = new Tensor({
      dtype: 'bfloat16',
      dims: [2],
      storage: memoryStorage(Uint8Array.of(0x80, 0x3f, 0x20, 0xc0)),
    });
    fs.writeFileSync(file, writeNpz(new Map([['x', half]])));
    const back = readNpz(file).get('x');
    expect(back?.dtype).toBe('float32');
    expect([...(back?.data() ?? [])]).toEqual([1, -2.5]);
  });
});
