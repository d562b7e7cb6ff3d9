import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { parseJson } from '../../src/formats/json.ts';
import { bytesSource } from '../../src/formats/source.ts';
import { openZipEntry, readEntryHead, readZipDirectory } from '../../src/formats/zip.ts';
import { codesOf, fixtureBytes, readBytes } from './read.ts';
import { zipBytes } from './zip-bytes.ts';

const text = (content: string): Uint8Array => Buffer.from(content);

/** A safetensors file. */
function safetensors(header: string | object, dataBytes: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const tensor = (begin: number, end: number, shape = [end - begin], dtype = 'U8') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  test.each([
    ['nothing wrong', { a: tensor(0, 4), b: tensor(4, 8, [2], 'F16') }, 8, []],
    ['in any order', { b: tensor(4, 8), a: tensor(0, 4) }, 8, []],
    ['no tensors', {}, 0, []],
    ['a hole', { a: tensor(0, 4), b: tensor(6, 8) }, 8, ['data-hole']],
    ['a hole at the beginning', { a: tensor(1, 4) }, 4, ['data-hole']],
    ['bytes at the end', { a: tensor(0, 4) }, 9, ['data-hole']],
    ['an overlap', { a: tensor(0, 5), b: tensor(4, 8) }, 8, ['data-overlap']],
    ['one in another', { a: tensor(0, 8), b: tensor(2, 4) }, 8, ['data-overlap']],
    ['cut off', { a: tensor(0, 8) }, 5, ['tensor-range', 'file-cut-off']],
    ['too few bytes', { a: tensor(0, 4, [2], 'F32') }, 4, ['tensor-size']],
    ['an impossible size', { a: tensor(0, 4, [2 ** 52, 2 ** 52]) }, 4, ['tensor-size']],
    ['a negative size', { a: tensor(0, 4, [-4]) }, 4, ['tensor-shape']],
    ['an unknown type', { a: tensor(0, 4, [4], 'I7') }, 4, ['tensor-type']],
    ['end before begin', { a: tensor(4, 0, [4]) }, 0, ['tensor-range']],
    ['no entry', { a: 1 }, 0, ['tensor-type', 'tensor-shape', 'tensor-range']],
    ['metadata that is no text', { __metadata__: { a: 1 } }, 0, ['metadata-type']],
  ])('%s', async (_, header, bytes, codes) => {
    const file = await readBytes(safetensors(header, bytes), 'safetensors');
    expect(codesOf(file)).toEqual(codes);
  });

  test('a name that is there twice, and one that JavaScript has uses for', async () => {
    const entry = JSON.stringify(tensor(0, 4));
    const twice = await readBytes(safetensors(`{"a":${entry},"a":${entry}}`, 4), 'safetensors');
    expect(codesOf(twice)).toEqual(['name-duplicate']);
    const odd = await readBytes(safetensors(`{"__proto__":${entry}}   `, 4), 'safetensors');
    expect(odd.tensors).toMatchObject([{ name: '__proto__', bytes: 4 }]);
  });

  test('packed elements of four bits', async () => {
    const file = await readBytes(safetensors({ a: tensor(0, 3, [5], 'F4') }, 3), 'safetensors');
    expect(codesOf(file)).toEqual([]);
  });

  test.each([
    ['a header that is no JSON', safetensors('{"a": }', 0), 'MODEL_MALFORMED'],
    ['a header that is a list', safetensors('["a"]', 0), 'MODEL_MALFORMED'],
    ['space before the header', safetensors(' {}', 0), 'MODEL_MALFORMED'],
    ['a header beyond the end', safetensors('{}', 0).subarray(0, 9), 'MODEL_MALFORMED'],
    ['a header of 2^63 bytes', Buffer.from('ffffffffffffff7f7b7d', 'hex'), 'LIMIT_EXCEEDED'],
  ])('%s', async (_, bytes, code) => {
    await expect(readBytes(bytes, 'safetensors')).rejects.toMatchObject({ code });
  });
});

describe('JSON', () => {
  const parse = (json: string) => parseJson(bytesSource(text(json), 'json'), json);

  test('keeps large whole numbers, and reads the words that Python writes', () => {
    expect(parse('[9223372036854775807, -9007199254740993, 1e3, -0.5, NaN, -Infinity]')).toEqual([
      9223372036854775807n,
      -9007199254740993n,
      1000,
      -0.5,
      Number.NaN,
      -Infinity,
    ]);
  });

  test('agrees with JSON.parse', () => {
    const json = '{"a":[1,{"b":null},true,false,"x\\n\\u00e9\\"\\\\"],"":{}, "é":"\\ud83d\\ude00"}';
    const plain = (value: unknown): unknown => {
      if (value instanceof Map) {
        return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
      }
      return Array.isArray(value) ? value.map(plain) : value;
    };
    expect(plain(parse(json))).toEqual(JSON.parse(json));
  });

  test.each([
    '',
    '{',
    '[1,]',
    '{"a"}',
    '"a',
    '"\\x"',
    '01x',
    '[1 2]',
    '{} {}',
    '"\u0001"',
    '['.repeat(300),
  ])('%j is damaged', (json) => {
    expect(() => parse(json)).toThrow(MlkitError);
  });
});

describe('zip', () => {
  const long = Buffer.alloc(300_000, 'abcdefgh');

  test.each([
    ['stored', 0, false],
    ['deflated', 8, false],
    ['stored, as beyond 4 GiB', 0, true],
    ['deflated, as beyond 4 GiB', 8, true],
  ])('%s', (_, method, isLarge) => {
    const source = bytesSource(
      zipBytes(
        [
          { name: 'é/a', content: long, method, isLarge },
          { name: 'b', content: text('b') },
        ],
        isLarge,
      ),
      'zip',
    );
    const [a, b] = readZipDirectory(source);
    expect([a?.name, b?.name]).toEqual(['é/a', 'b']);
    const content = openZipEntry(source, a!);
    expect(Buffer.compare(content.read(0, content.size), long)).toBe(0);
    for (const bytes of [1, 100, 200_000, 400_000]) {
      expect(Buffer.compare(readEntryHead(source, a!, bytes), long.subarray(0, bytes))).toBe(0);
    }
  });

  test('an entry that cannot be read is told of, in an archive that can', async () => {
    const npy = fixtureBytes('objects.npy');
    const file = await readBytes(
      zipBytes([
        { name: 'a.npy', content: npy, method: 93 },
        { name: 'b.npy', content: npy, isEncrypted: true },
        { name: 'c.npy', content: text('no array') },
        { name: 'd.npy', content: npy, method: 8 },
        { name: 'd.npy', content: npy },
      ]),
      'npz',
    );
    expect(codesOf(file).toSorted()).toEqual([
      'array-objects',
      'array-objects',
      'array-unreadable',
      'array-unreadable',
      'array-unreadable',
      'name-duplicate',
    ]);
    expect(file.tensors.map(({ dtype }) => dtype)).toEqual([null, null, null, 'object', 'object']);
  });

  test('a bomb is not unpacked', async () => {
    // Claims little, and unpacks to 200 MB.
    const bomb = zipBytes([
      { name: 'x/data.pkl', content: Buffer.alloc(200_000_000), method: 8, claimedBytes: 100 },
    ]);
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.memoryUsage().rss;
    await expect(readBytes(bomb, 'pytorch')).rejects.toMatchObject({ code: 'MODEL_MALFORMED' });
    const claimed = zipBytes([
      { name: 'x/data.pkl', content: text('N.'), method: 8, claimedBytes: 0xfffffff0 },
    ]);
    await expect(readBytes(claimed, 'pytorch')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('a storage that is missing or too small', async () => {
    const bytes = Buffer.from(fixtureBytes('evil-torch.pt'));
    const source = bytesSource(bytes, 'zip');
    const contents = readZipDirectory(source).map((entry) => {
      const content = openZipEntry(source, entry);
      return { name: entry.name, content: content.read(0, content.size) };
    });
    const isStorage = (name: string) => name.endsWith('/data/0');
    const without = await readBytes(zipBytes(contents.filter(({ name }) => !isStorage(name))));
    expect(codesOf(without)).toContain('storage-missing');
    const small = await readBytes(
      zipBytes(
        contents.map((each) =>
          isStorage(each.name) ? { ...each, content: text('1234567') } : each,
        ),
      ),
    );
    expect(codesOf(small)).toContain('tensor-size');
  });
});
