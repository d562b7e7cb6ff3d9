import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { objectionTo } from '../../src/onnx/external-data.ts';
import { DataFolder } from '../../src/onnx/index.ts';
import { temporaryFolder } from '../support/files.ts';

let folder: string;
let model: string;

beforeEach(() => {
  folder = temporaryFolder();
  model = path.join(folder, 'in', 'model.onnx');
  fs.mkdirSync(path.dirname(model));
  fs.writeFileSync(model, 'model');
  fs.writeFileSync(path.join(folder, 'in', 'w.bin'), '0123456789');
  fs.writeFileSync(path.join(folder, 'secret'), 'top secret');
});

function read(entries: [string, string][], neededBytes = 4): string {
  const storage = new DataFolder(model).storage('w', entries, neededBytes);
  return Buffer.from(storage.bytes()).toString();
}

describe('data files', () => {
  test('offset and length, offset alone, and neither', () => {
    const location: [string, string] = ['location', 'w.bin'];
    expect(read([location, ['offset', '2'], ['length', '3']])).toBe('234');
    expect(read([location, ['offset', '6']])).toBe('6789');
    expect(read([location])).toBe('0123');
  });

  test('a folder below is fine', () => {
    fs.mkdirSync(path.join(folder, 'in', 'weights'));
    fs.writeFileSync(path.join(folder, 'in', 'weights', 'a'), 'abcd');
    expect(read([['location', 'weights/a']])).toBe('abcd');
    expect(read([['location', './weights/a']])).toBe('abcd');
  });

  test.each([
    ['', 'it is empty'],
    ['../secret', '".."'],
    ['a/../../secret', '".."'],
    ['..\\secret', '".."'],
    ['/etc/passwd', 'absolute'],
    ['\\\\server\\share', 'absolute'],
    ['C:\\secret', 'absolute'],
    ['c:secret', 'absolute'],
    ['w.bin:stream', 'colon'],
    ['w.bin\0.txt', 'zero byte'],
    ['NUL', 'device'],
    ['sub/com1.txt', 'device'],
    ['*/_ORT_MEM_ADDR_/*', 'memory address'],
  ])('the location %j is refused', (location, why) => {
    expect(objectionTo(location)).toContain(why);
    expect(() => read([['location', location]])).toThrow();
  });

  test.each(['model.onnx_data', 'weights/conv1.bin', 'a b.bin', 'nullable', 'com10x'])(
    'the location %j is acceptable',
    (location) => {
      expect(objectionTo(location)).toBeNull();
    },
  );

  test('a missing file names itself, the tensor and the folder', () => {
    expect(() => read([['location', 'gone.bin']])).toThrow(
      `tensor "w": the data file "gone.bin" is missing: it should be in ${path.dirname(model)}`,
    );
  });

  test('bytes beyond the end are refused before anything is allocated', () => {
    const entries: [string, string][] = [
      ['location', 'w.bin'],
      ['offset', '8'],
      ['length', '999999999999'],
    ];
    expect(() => read(entries)).toThrow(/bytes 8 to 1000000000007 of .*w\.bin, which has 10/);
  });

  test.each([
    [['offset', '-1']],
    [['offset', '1e3']],
    [['length', '0x10']],
    [['length', '99999999999999999999']],
  ])('%j is no number of bytes', (entry) => {
    expect(() => read([['location', 'w.bin'], entry as [string, string]])).toThrow(
      /no number of bytes/,
    );
  });

  test('a key given twice is refused', () => {
    expect(() =>
      read([
        ['location', 'w.bin'],
        ['location', 'other.bin'],
      ]),
    ).toThrow(/names "location" twice/);
  });
});

describe.skipIf(process.platform === 'win32')('links', () => {
  test('out of the folder are refused', () => {
    fs.symlinkSync(path.join(folder, 'secret'), path.join(folder, 'in', 'link'));
    expect(() => read([['location', 'link']])).toThrow(/links to .*secret, outside the folder/);
  });

  test('of a folder on the way are followed and refused too', () => {
    fs.symlinkSync(folder, path.join(folder, 'in', 'up'));
    expect(() => read([['location', 'up/secret']])).toThrow(/outside the folder/);
  });

  test('within the folder are fine', () => {
    fs.symlinkSync('w.bin', path.join(folder, 'in', 'alias'));
    expect(read([['location', 'alias']])).toBe('0123');
  });

  test('of the Hugging Face cache work: model and data are links into blobs', () => {
    const repository = path.join(folder, 'models--org--name');
    const snapshot = path.join(repository, 'snapshots', 'abc123', 'onnx');
    fs.mkdirSync(snapshot, { recursive: true });
    fs.mkdirSync(path.join(repository, 'blobs'));
    fs.writeFileSync(path.join(repository, 'blobs', 'hash1'), 'model');
    fs.writeFileSync(path.join(repository, 'blobs', 'hash2'), 'weights!');
    fs.symlinkSync('../../../blobs/hash1', path.join(snapshot, 'model.onnx'));
    fs.symlinkSync('../../../blobs/hash2', path.join(snapshot, 'model.onnx_data'));
    model = path.join(snapshot, 'model.onnx');
    expect(read([['location', 'model.onnx_data']], 8)).toBe('weights!');
    fs.symlinkSync('../../../../secret', path.join(snapshot, 'escape'));
    expect(() => read([['location', 'escape']])).toThrow(/outside the folder/);
  });

  test('hard links work and are noted', () => {
    fs.linkSync(path.join(folder, 'secret'), path.join(folder, 'in', 'hard'));
    const data = new DataFolder(model);
    data.storage('w', [['location', 'hard']], 4).bytes();
    expect(data.warnings).toEqual(['hard has 2 hard links']);
  });
});
