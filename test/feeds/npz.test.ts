import fs from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { writeNpy } from '../../src/feeds/npy-write.ts';
import { readNpz } from '../../src/feeds/npz.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { shared, temporaryFolder } from '../support/files.ts';

const golden = path.join(import.meta.dirname, 'golden');
const one = writeNpy(tensorFrom('float32', [1], Float32Array.of(1)));

function written(bytes: Uint8Array): string {
  const file = path.join(temporaryFolder(), 'x.npz');
  fs.writeFileSync(file, bytes);
  return file;
}

function codeOf(file: string): string {
  try {
    readNpz(file);
  } catch (error) {
    if (error instanceof MlkitError) return error.code;
    throw error;
  }
  return 'none';
}

describe('readNpz', () => {
  test('reads what numpy.savez wrote', () => {
    const arrays = readNpz(path.join(golden, 'stored.npz'));
    expect([...arrays.keys()]).toEqual(['x', 'labels']);
    expect(arrays.get('x')).toMatchObject({ elementType: 'float32', dims: [6, 2], name: 'x' });
    expect(arrays.get('x')?.toFloat64()).toEqual(Float64Array.from({ length: 12 }, (_, i) => i));
    expect(arrays.get('labels')?.data()).toEqual(BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n));
  });

  test('reads what numpy.savez_compressed wrote', () => {
    const arrays = readNpz(path.join(golden, 'deflated.npz'));
    expect(arrays.get('x')?.dims).toEqual([100, 20]);
    expect(
      arrays
        .get('x')
        ?.toFloat64()
        .every((value) => value === 0),
    ).toBe(true);
    expect(arrays.get('text')?.toStrings()).toEqual(['a']);
  });

  test('leaves files out that are no arrays, and keeps dots in names', () => {
    const file = written(zipSync({ 'input.1.npy': one, 'readme.txt': new Uint8Array(3) }));
    expect([...readNpz(file).keys()]).toEqual(['input.1']);
  });

  test('names the array that is broken', () => {
    const file = written(zipSync({ 'good.npy': one, 'bad.npy': one.subarray(0, 50) }));
    expect(() => readNpz(file)).toThrow(/"bad" of .*x\.npz/);
  });

  test('refuses what is no zip, is cut off, or claims more than it can hold', () => {
    expect(codeOf(written(one))).toBe('INPUT_DATA');
    const whole = zipSync({ 'x.npy': one });
    expect(codeOf(written(whole.subarray(0, 90)))).toBe('INPUT_DATA');
    const liar = Uint8Array.from(whole);
    const directory = Buffer.from(liar.buffer).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    // Uncompressed size, of a central directory entry.
    new DataView(liar.buffer).setUint32(directory + 24, 0xf0000000, true);
    expect(codeOf(written(liar))).toBe('INPUT_DATA');
    expect(codeOf(path.join(golden, 'absent.npz'))).toBe('FILE_NOT_FOUND');
  });

  test('only MlkitErrors escape from damaged archives', () => {
    const bytes = fs.readFileSync(path.join(golden, 'deflated.npz'));
    const file = path.join(temporaryFolder(), 'x.npz');
    for (let at = 0; at < bytes.length * 8; at += 29) {
      const damaged = Uint8Array.from(bytes);
      damaged[at >> 3] = (damaged[at >> 3] ?? 0) ^ (1 << (at & 7));
      fs.writeFileSync(file, damaged);
      codeOf(file);
    }
  });

  const digits = path.join(shared, 'digits');
  test.skipIf(!fs.existsSync(digits))('reads the digits data', () => {
    const evaluation = readNpz(path.join(digits, 'eval.npz'));
    expect(evaluation.get('input')).toMatchObject({ elementType: 'float32', dims: [600, 1, 8, 8] });
    expect(evaluation.get('labels')).toMatchObject({ elementType: 'int64', dims: [600] });
    const labels = [...(evaluation.get('labels')?.toFloat64() ?? [])];
    expect([Math.min(...labels), Math.max(...labels)]).toEqual([0, 9]);
    expect(readNpz(path.join(digits, 'calib.npz')).get('input')?.dims).toEqual([256, 1, 8, 8]);
  });
});
