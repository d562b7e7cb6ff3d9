import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { checkStructure } from '../../src/graph/index.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { limits, readModel, tensorsOf } from '../../src/onnx/index.ts';
import { printModel } from '../../src/text/index.ts';
import { filesBelow, fixtures } from '../support/files.ts';
import { SeededRandom } from '../support/random.ts';

const files = filesBelow(path.join(fixtures, 'models'), '.onnx').map((file) =>
  fs.readFileSync(file),
);

/** Does with the bytes what commands do with a model; anything but a documented error escapes. */
function tryModel(bytes: Uint8Array): 'read' | 'refused' {
  try {
    const model = readModel(bytes);
    checkStructure(model);
    printModel(model);
    for (const { tensor } of tensorsOf(model)) {
      try {
        if (tensor.elementType !== 'string') tensor.data();
      } catch (error) {
        if (!(error instanceof MlkitError)) throw error;
      }
    }
    // What can be read at all can be written back.
    expect(Buffer.compare(encodeModel(model).toBytes(), bytes)).toBe(0);
    return 'read';
  } catch (error) {
    if (error instanceof MlkitError) return 'refused';
    throw error;
  }
}

describe('hostile bytes', () => {
  test('files cut off anywhere', () => {
    const seen = new Set<string>();
    for (const whole of files) {
      for (let length = 0; length < whole.length; length += 16) {
        seen.add(tryModel(whole.subarray(0, length)));
      }
    }
    expect(seen).toContain('refused');
  });

  test('files with flipped bits', () => {
    const random = new SeededRandom(9);
    const counts = { read: 0, refused: 0 };
    for (let round = 0; round < 4000; round += 1) {
      const bytes = Uint8Array.from(random.pick(files));
      for (let flips = 1 + random.below(3); flips > 0; flips -= 1) {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      counts[tryModel(bytes)] += 1;
    }
    expect(counts.read).toBeGreaterThan(100);
    expect(counts.refused).toBeGreaterThan(100);
  });
});

describe('limits', () => {
  /** A field with a length, as it lies on the wire. */
  const field = (number: number, payload: Uint8Array): Buffer =>
    Buffer.concat([varint(number * 8 + 2), varint(payload.length), payload]);

  /** A graph that nests `depth` graphs in attributes of nodes: ModelProto.graph, then 1, 5, 6. */
  const nested = (depth: number): Buffer => {
    let graph: Buffer = Buffer.alloc(0);
    for (let level = 0; level < depth; level += 1) {
      graph = field(1, field(5, Buffer.concat([field(1, Buffer.from('b')), field(6, graph)])));
    }
    return field(7, graph);
  };

  test('nesting', () => {
    expect(tryModel(nested(30))).toBe('read');
    expect(() => readModel(nested(40))).toThrow(/nests messages deeper than 100/);
    expect(tryModel(nested(5000))).toBe('refused');
  });

  test('a length beyond the end, or beyond all numbers', () => {
    expect(() => readModel(Buffer.from([0x3a, 0x05, 0x00]))).toThrow(/5 bytes is announced/);
    const huge = Buffer.from([0x3a, ...Array.from({ length: 9 }, () => 0xff), 0x01]);
    expect(() => readModel(huge)).toThrow(/length is not a number that makes sense/);
    expect(() => readModel(Buffer.from([0x08, ...Array.from({ length: 11 }, () => 0x80)]))).toThrow(
      /longer than ten bytes/,
    );
  });

  test('fields that do not exist, groups that do not end', () => {
    expect(() => readModel(Buffer.from([0x00, 0x01]))).toThrow(/no field 0/);
    expect(() => readModel(Buffer.from([0x0e, 0x01]))).toThrow(/impossible wire type 6/);
    expect(() => readModel(Buffer.from([0x0b, 0x08, 0x01]))).toThrow(/middle of/);
  });

  test('the rank of a tensor', () => {
    const dims = (rank: number): Buffer => field(7, field(5, field(1, Buffer.alloc(rank, 1))));
    expect(tryModel(dims(limits.rank))).toBe('read');
    expect(() => readModel(dims(limits.rank + 1))).toThrow(/rank 1025/);
  });

  test('the fields of one message', () => {
    // Empty documentation texts of the model, two bytes each.
    const texts = (count: number): Buffer => Buffer.alloc(count * 2, Uint8Array.of(0x32, 0x00));
    expect(() => readModel(texts(limits.fieldsPerMessage + 1))).toThrow(/more than 4000000 fields/);
  });

  function varint(value: number): Buffer {
    const bytes: number[] = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return Buffer.from([...bytes, rest]);
      bytes.push((rest % 128) | 128);
    }
  }
});
