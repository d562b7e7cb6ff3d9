import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openModel, saveModel } from '../../src/onnx/index.ts';
import { layOutSkeleton, type Skeleton } from '../../src/staging/skeleton.ts';
import { makeZeroFile } from '../../src/staging/zero-file.ts';
import { temporaryFolder } from '../support/files.ts';
import { foreignBytes, foreignType } from '../support/protobuf.ts';
import { writeModel } from '../support/write-model.ts';
import { filled, large, ones } from './skeleton-models.ts';

async function layOut(file: string, keepBytes = 1024): Promise<Skeleton | null> {
  const open = openModel(file);
  // The skeleton still reads from it.
  onTestFinished(open.close);
  return layOutSkeleton(open, keepBytes);
}

/** Writes a model with its larger constants in `data.bin`. */
async function external(thresholdBytes: number): Promise<string> {
  const file = path.join(temporaryFolder(), 'model.onnx');
  await saveModel(large(), file, { external: { file: 'data.bin', thresholdBytes } });
  return file;
}

interface ForeignTensor {
  name: string;
  data_location: number;
  raw_data: Uint8Array;
  external_data: { readonly key: string; readonly value: string }[];
}

interface ForeignModel {
  readonly graph: {
    readonly initializer: ForeignTensor[];
    readonly node: { readonly name: string; readonly attribute: { t: ForeignTensor | null }[] }[];
  };
}

/** A model as protobufjs reads it. */
function foreign(bytes: Uint8Array | undefined): ForeignModel {
  const decoded = foreignType('ModelProto').decode(Uint8Array.from(bytes ?? []));
  return decoded as unknown as ForeignModel;
}

/** Initializers by name, and tensors of attributes by that of their node. */
function tensorsOf(model: ForeignModel): Map<string, ForeignTensor> {
  const found = new Map(model.graph.initializer.map((each) => [each.name, each]));
  for (const { name, attribute } of model.graph.node) {
    for (const { t } of attribute) if (t !== null) found.set(name, t);
  }
  return found;
}

const placeOf = (tensor: ForeignTensor | undefined): Record<string, string> =>
  Object.fromEntries((tensor?.external_data ?? []).map(({ key, value }) => [key, value]));

describe('laying out', () => {
  test('large weights share one file of zeros, and small ones keep their values', async () => {
    const file = writeModel(large());
    const bones = await layOut(file);
    // W is float32[256, 64], table float32[512, 64]; bias (256 bytes) and shape (16) are small.
    expect(bones).toMatchObject({ zeroBytes: 131_072, savedBytes: 65_536 + 131_072 });
    expect(bones?.kept.length).toBe(0);
    const before = foreign(fs.readFileSync(file));
    const after = foreign(bones?.model.toBytes());
    const weights = tensorsOf(after);
    for (const [name, length] of [
      ['W', '65536'],
      ['table', '131072'],
    ] as const) {
      const tensor = weights.get(name);
      expect(placeOf(tensor)).toEqual({ location: 'zeros.bin', offset: '0', length });
      expect(tensor?.raw_data.length).toBe(0);
      const original = tensorsOf(before).get(name);
      const { data_location, external_data, raw_data } = original ?? {};
      Object.assign(tensor ?? {}, { data_location, external_data, raw_data });
    }
    // With the weights back in place, nothing is different.
    const plain = (model: ForeignModel): unknown =>
      foreignType('ModelProto').toObject(model as never, { bytes: String, defaults: true });
    expect(plain(after)).toEqual(plain(before));
  });

  test('reads no weights', async () => {
    const file = writeModel(large('MatMul', ones(65_536, 64)));
    const open = openModel(file);
    await layOutSkeleton(open, 1024);
    expect(open.bytesRead).toBeLessThan(open.sizeBytes / 10);
    open.close();
  });

  test('constants in data files stay in data files, small ones with their bytes', async () => {
    const bones = await layOut(await external(1));
    expect(bones).toMatchObject({ savedBytes: 65_536 + 131_072 });
    const after = tensorsOf(foreign(bones?.model.toBytes()));
    expect(placeOf(after.get('W'))).toMatchObject({ location: 'zeros.bin', length: '65536' });
    const shape = placeOf(after.get('shape'));
    expect(shape).toMatchObject({ location: 'kept.bin', length: '16' });
    const kept = Buffer.from(bones?.kept.toBytes() ?? []);
    expect(kept.readBigInt64LE(Number(shape['offset']))).toBe(-1n);
    expect(kept.readBigInt64LE(Number(shape['offset']) + 8)).toBe(64n);
  });

  test('a weight with more or fewer bytes than its shape calls for stays as it is', async () => {
    for (const length of [65_532, 65_540]) {
      const file = writeModel(
        large('MatMul', filled('float32', [256, 64], new Uint8Array(length))),
      );
      const after = tensorsOf(foreign((await layOut(file))?.model.toBytes()));
      expect(after.get('W')?.raw_data.length).toBe(length);
    }
  });

  test('a weight with elements in two fields, or in that of another type, stays', async () => {
    const raw = { raw_data: new Uint8Array(8192) };
    const fields = [
      { ...raw, float_data: [1] },
      { int32_data: Array.from({ length: 2048 }, () => 1) },
      { ...raw, data_type: 99 },
      { float_data: Array.from({ length: 2048 }, () => 1) },
    ];
    const saved = [];
    for (const field of fields) {
      const tensor = { name: 'W', data_type: 1, dims: [2048], ...field };
      const file = writeModel(
        foreignBytes('ModelProto', { ir_version: 8, graph: { initializer: [tensor] } }),
      );
      saved.push((await layOut(file))?.savedBytes);
    }
    // The last is sound.
    expect(saved).toEqual([0, 0, 0, 8192]);
  });
});

describe('no skeleton is made of', () => {
  test('a model whose data file is missing or cut off', async () => {
    const file = await external(1024);
    const data = path.join(path.dirname(file), 'data.bin');
    expect(await layOut(file)).not.toBeNull();
    fs.truncateSync(data, 1000);
    expect(await layOut(file)).toBeNull();
    fs.rmSync(data);
    expect(await layOut(file)).toBeNull();
  });

  test('references that say more, or what cannot be', async () => {
    const references = [
      { location: 'data.bin' },
      { location: 'data.bin', checksum: '0' },
      { location: 'data.bin', length: '4' },
      { location: 'data.bin', offset: '-1' },
      { location: '../data.bin' },
    ];
    const usable = [];
    for (const each of references) {
      const entries = Object.entries(each).map(([key, value]) => ({ key, value }));
      const reference = { data_location: 1, external_data: entries };
      const tensor = { name: 'W', data_type: 1, dims: [2048], ...reference };
      const content = { ir_version: 8, graph: { initializer: [tensor] } };
      const file = writeModel(foreignBytes('ModelProto', content), {
        'data.bin': new Uint8Array(8192),
      });
      usable.push((await layOut(file)) !== null);
    }
    expect(usable).toEqual([true, false, false, false, false]);
  });

  test.runIf(process.platform !== 'win32')(
    'data that the runtime would not follow a link to',
    async () => {
      const file = await external(1024);
      const data = path.join(path.dirname(file), 'data.bin');
      fs.renameSync(data, path.join(path.dirname(file), 'moved.bin'));
      fs.symlinkSync('moved.bin', data);
      expect(await layOut(file)).not.toBeNull();
      // The model is a link, and the data lies beside its target only: mlkit finds it there.
      const link = path.join(temporaryFolder(), 'link.onnx');
      fs.symlinkSync(file, link);
      expect(await layOut(link)).toBeNull();
      const outside = path.join(temporaryFolder(), 'outside.bin');
      fs.copyFileSync(data, outside);
      fs.rmSync(data);
      fs.symlinkSync(outside, data);
      expect(await layOut(file)).toBeNull();
    },
  );
});

test('a file of zeros has the size it was asked for and holds zeros', () => {
  const file = path.join(temporaryFolder(), 'zeros');
  expect(makeZeroFile(file, 3_000_000)).toBe(true);
  expect(fs.readFileSync(file).equals(Buffer.alloc(3_000_000))).toBe(true);
  expect(() => makeZeroFile(file, 10)).toThrow(/EEXIST/);
});
