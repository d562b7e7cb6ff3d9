import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { readNpy } from '../../src/feeds/npy.ts';
import { writeNpy } from '../../src/feeds/npy-write.ts';
import {
  dataTypes,
  memoryStorage,
  packElements,
  stringStorage,
  stringTensor,
  Tensor,
  tensorFrom,
} from '../../src/tensor/index.ts';

/** Files that NumPy wrote; bench/make-npy-golden.py makes them. */
const golden = path.join(import.meta.dirname, 'golden');

const expected = JSON.parse(fs.readFileSync(path.join(golden, 'expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: (string | number | boolean)[] }
>;

function goldenBytes(name: string): Uint8Array {
  return fs.readFileSync(path.join(golden, `${name}.npy`));
}

/** Elements as the golden JSON has them. */
function plain(tensor: Tensor, name: string): (string | number | boolean)[] {
  if (tensor.dtype === 'string') {
    const items = tensor.storage.strings ?? [];
    return name === 'bytes'
      ? items.map((item) => Buffer.from(item).toString('hex'))
      : tensor.toStrings();
  }
  const { kind } = dataTypes[tensor.dtype];
  if (kind === 'int' || kind === 'uint') return String(tensor.data()).split(',');
  if (kind === 'bool') return [...tensor.toFloat64()].map((value) => value === 1);
  return [...tensor.toFloat64()];
}

function parsed(values: (string | number | boolean)[], tensor: Tensor): unknown[] {
  if (dataTypes[tensor.dtype].kind !== 'float') return values;
  return values.map((value) => Number(String(value).replace('inf', 'Infinity')));
}

function errorOf(work: () => unknown): MlkitError {
  try {
    work();
  } catch (error) {
    if (error instanceof MlkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A file of version 1 with any header. */
function file(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const text = Buffer.from(header, 'latin1');
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([start, length, text, data]);
}

const oneFloat = new Uint8Array([0, 0, 128, 63]);

describe('readNpy', () => {
  test.each(Object.keys(expected))('reads what NumPy wrote: %s', (name) => {
    const tensor = readNpy(goldenBytes(name), name);
    expect(tensor.dims).toEqual(expected[name]?.shape);
    expect(plain(tensor, name)).toEqual(parsed(expected[name]?.values ?? [], tensor));
  });

  test.each([
    ['i1', 'int8'],
    ['u8-big', 'uint64'],
    ['f2-big', 'float16'],
    ['c8-little', 'complex64'],
    ['bool', 'bool'],
    ['text', 'string'],
    ['bytes', 'string'],
  ])('gives %s the type %s', (name, dtype) => {
    expect(readNpy(goldenBytes(name), name).dtype).toBe(dtype);
  });

  test('reads a header with double quotes, other order and no spaces', () => {
    const header = `{"shape":(1,),"fortran_order":False,"descr":"<f4"}`;
    expect(readNpy(file(header, oneFloat), 'x').toFloat64()).toEqual(Float64Array.of(1));
  });

  test('reads the long integers that Python 2 wrote into shapes', () => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 1L), }`;
    expect(readNpy(file(header, oneFloat), 'x').dims).toEqual([1, 1]);
  });

  test.each([
    ['refused-object', /pickle/],
    ['refused-record', /records/],
    ['refused-date', /dates/],
  ])('refuses %s and says why', (name, reason) => {
    const error = errorOf(() => readNpy(goldenBytes(name), 'file x.npy'));
    expect(error.code).toBe('INPUT_DATA');
    expect(error.message).toMatch(reason);
    expect(error.message).toContain('file x.npy');
  });

  const entries = "'descr': '<f4', 'fortran_order': False, 'shape': (1,)";
  test.each([
    ['no dictionary', '[1]'],
    ['an expression', `{'descr': '<f4', 'fortran_order': False, 'shape': (1+0,)}`],
    ['a call', `{'descr': str('<f4'), 'fortran_order': False, 'shape': (1,)}`],
    ['an unknown key', `{${entries}, 'x': 'y'}`],
    ['a key twice', `{${entries}, 'shape': (1,)}`],
    ['a missing key', `{'descr': '<f4', 'shape': (1,)}`],
    ['text behind it', `{${entries}} + {}`],
    ['a negative size', `{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}`],
    [
      'a size beyond 2^53',
      `{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740993,)}`,
    ],
    ['an unknown type', `{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}`],
    ['text without a size', `{'descr': '<U0', 'fortran_order': False, 'shape': (9999999999,)}`],
    ['more elements than bytes', `{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}`],
    ['fewer elements than bytes', `{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}`],
    [
      'a product beyond 2^53',
      `{'descr': '<f4', 'fortran_order': False, 'shape': (${'99999999, '.repeat(4)})}`,
    ],
  ])('refuses a header with %s', (_, header) => {
    expect(errorOf(() => readNpy(file(header, oneFloat), 'x')).code).toBe('INPUT_DATA');
  });

  test('refuses other versions, and headers that are too long or cut off', () => {
    expect(errorOf(() => readNpy(file(`{${entries}}`, oneFloat, 4), 'x')).message).toContain('4.0');
    const long = file(`{${entries}}${' '.repeat(70_000)}`, oneFloat, 2);
    expect(errorOf(() => readNpy(long, 'x')).message).toContain('header');
    const whole = file(`{${entries}}`, oneFloat);
    for (let length = 0; length < whole.length; length += 1) {
      expect(errorOf(() => readNpy(whole.subarray(0, length), 'x')).code).toBe('INPUT_DATA');
    }
    expect(readNpy(whole, 'x').dims).toEqual([1]);
  });

  test('only MlkitErrors escape from damaged files', () => {
    for (const name of ['fortran-3d', 'text', 'bool', 'version-2']) {
      const bytes = goldenBytes(name);
      for (let at = 0; at < bytes.length * 8; at += 3) {
        const damaged = Uint8Array.from(bytes);
        damaged[at >> 3] = (damaged[at >> 3] ?? 0) ^ (1 << (at & 7));
        try {
          readNpy(damaged, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(MlkitError);
        }
      }
    }
  });

  test('refuses code points that are none', () => {
    const header = `{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}`;
    const beyond = new Uint8Array(Uint32Array.of(0x110000).buffer);
    expect(errorOf(() => readNpy(file(header, beyond), 'x')).message).toContain('0x110000');
  });
});

describe('writeNpy', () => {
  const kept = [
    'bool',
    'i1',
    'u1',
    'i8-little',
    'f2-little',
    'f4-little',
    'f8-little',
    'c16-little',
  ];
  test.each([...kept, 'scalar', 'empty', 'special', 'text', 'bytes'])(
    'writes %s as NumPy does, byte for byte after the header',
    (name) => {
      const original = goldenBytes(name);
      const written = writeNpy(readNpy(original, name));
      expect(Buffer.from(written).equals(original)).toBe(true);
    },
  );

  test('pads the header so that the data starts at a multiple of 64', () => {
    for (const rank of [0, 1, 5, 20]) {
      const dims = Array.from({ length: rank }, () => 1);
      const written = writeNpy(tensorFrom('float32', dims, Float32Array.of(1)));
      expect((written.length - 4) % 64).toBe(0);
      expect(readNpy(written, 'x').dims).toEqual(dims);
    }
  });

  test('writes types that NumPy lacks as the next larger one', () => {
    const bfloat16 = tensorFrom('bfloat16', [2], Uint16Array.of(0x3f80, 0xc000));
    expect(readNpy(writeNpy(bfloat16), 'x')).toMatchObject({ elementType: 'float32', dims: [2] });
    expect(readNpy(writeNpy(bfloat16), 'x').toFloat64()).toEqual(Float64Array.of(1, -2));
    const storage = memoryStorage(packElements('int4', [-8, 7, 1]));
    const int4 = readNpy(writeNpy(new Tensor({ dtype: 'int4', dims: [3], storage })), 'x');
    expect([int4.dtype, [...int4.data()]]).toEqual(['int8', [-8, 7, 1]]);
  });

  test('keeps strings, whether UTF-8 or not', () => {
    const text = stringTensor([2], ['π', 'long enough']);
    expect(readNpy(writeNpy(text), 'x').toStrings()).toEqual(['π', 'long enough']);
    const raw = new Tensor({
      dtype: 'string',
      dims: [1],
      storage: stringStorage([Uint8Array.of(0xff, 1)]),
    });
    expect(readNpy(writeNpy(raw), 'x').storage.strings).toEqual([Uint8Array.of(0xff, 1)]);
  });
});
