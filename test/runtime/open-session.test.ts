import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { openSession, runtimeVersion } from '../../src/runtime/index.ts';
import {
  type DataType,
  type NumericArray,
  stringTensor,
  tensorFrom,
} from '../../src/tensor/index.ts';
import { temporaryFolder } from '../support/files.ts';
import { addFeeds, errorOf, float32 } from './session-harness.ts';
import {
  addModel,
  code,
  encodeModel,
  identityModel,
  type TinyModel,
  writeModel,
} from './tiny-model.ts';

const { onnx } = onnxProto;

describe('openSession', () => {
  test('tells the signature, and computes', async () => {
    await using session = await openSession(writeModel(addModel));
    expect(session.inputs).toEqual([
      { name: 'x', isTensor: true, dtype: 'float32', shape: ['n', 2] },
      { name: 'y', isTensor: true, dtype: 'float32', shape: ['n', 2] },
    ]);
    expect(session.outputs).toEqual([
      { name: 'z', isTensor: true, dtype: 'float32', shape: ['n', 2] },
    ]);
    expect(session.coldStart.importMs).toBeGreaterThan(0);
    expect(session.coldStart.createMs).toBeGreaterThan(0);
    const { outputs, runMs } = await session.run(addFeeds());
    expect([...outputs.keys()]).toEqual(['z']);
    expect(outputs.get('z')?.dims).toEqual([2, 2]);
    expect(outputs.get('z')?.data()).toEqual(Float32Array.of(11, 22, 33, 44));
    expect(runMs).toBeGreaterThan(0);
  });

  test.each<[DataType, NumericArray]>([
    ['float32', Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY)],
    ['float64', Float64Array.of(1 / 3, -1e300, Number.NaN, 5e-324)],
    ['float16', Uint16Array.of(0x3c00, 0x8000, 0x7e01, 0x0001)],
    ['int8', Int8Array.of(-128, 127, 0, -1)],
    ['uint8', Uint8Array.of(0, 255, 1, 128)],
    ['int16', Int16Array.of(-32768, 32767, 0, -1)],
    ['uint16', Uint16Array.of(0, 65535, 1, 2)],
    ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, -1)],
    ['uint32', Uint32Array.of(0, 2 ** 32 - 1, 1, 2)],
    ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n)],
    ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n, 1n, 2n)],
    ['bool', Uint8Array.of(0, 1, 1, 0)],
  ])('passes %s bit for bit, there and back', async (dtype, data) => {
    const type = code[dtype as keyof typeof code];
    await using session = await openSession(writeModel(identityModel(type, [2, 2])));
    const { outputs } = await session.run(new Map([['x', tensorFrom(dtype, [2, 2], data)]]));
    const back = outputs.get('y');
    expect(back?.dtype).toBe(dtype);
    expect(back?.dims).toEqual([2, 2]);
    expect(Buffer.from(back?.storage.bytes() ?? []).toString('hex')).toBe(
      Buffer.from(data.buffer).toString('hex'),
    );
  });

  test('passes strings, scalars and tensors without elements', async () => {
    await using strings = await openSession(writeModel(identityModel(code.string, ['n'])));
    const words = ['', 'grün', '語', 'a\u0000b'.slice(0, 1)];
    const text = await strings.run(new Map([['x', stringTensor([4], words)]]));
    expect(text.outputs.get('y')?.toStrings()).toEqual(words);

    await using scalars = await openSession(writeModel(identityModel(code.int64, [])));
    const scalar = await scalars.run(
      new Map([['x', tensorFrom('int64', [], BigInt64Array.of(7n))]]),
    );
    expect(scalar.outputs.get('y')?.dims).toEqual([]);
    expect(scalar.outputs.get('y')?.data()).toEqual(BigInt64Array.of(7n));

    await using empties = await openSession(writeModel(identityModel(code.float32, ['n', 3])));
    const none = await empties.run(new Map([['x', float32([0, 3])]]));
    expect(none.outputs.get('y')?.dims).toEqual([0, 3]);
    expect(none.outputs.get('y')?.byteLength).toBe(0);
  });

  test('passes tensors larger than one message, several at once', async () => {
    await using session = await openSession(writeModel({ ...addModel }));
    const rows = 700_001; // 5.6 MB, and not a multiple of the size of a piece
    const x = Float32Array.from({ length: rows * 2 }, (_, index) => index % 1000);
    const y = Float32Array.from({ length: rows * 2 }, (_, index) => 1000 + (index % 7));
    const feeds = new Map([
      ['x', tensorFrom('float32', [rows, 2], x)],
      ['y', tensorFrom('float32', [rows, 2], y)],
    ]);
    const { outputs } = await session.run(feeds);
    const z = outputs.get('z')?.data() as Float32Array;
    expect(z.length).toBe(rows * 2);
    expect(z.every((value, index) => value === (index % 1000) + 1000 + (index % 7))).toBe(true);
  });

  test('computes only the outputs asked for, in that order', async () => {
    const model: TinyModel = {
      nodes: ['Neg', 'Abs', 'Exp'].map((op) => ({ op, inputs: ['x'], outputs: [op] })),
      inputs: [{ name: 'x', type: code.float32, shape: [1] }],
      outputs: ['Neg', 'Abs', 'Exp'].map((name) => ({ name, type: code.float32, shape: [1] })),
    };
    await using session = await openSession(writeModel(model));
    const { outputs } = await session.run(new Map([['x', float32([1], -2)]]), ['Abs', 'Neg']);
    expect([...outputs].map(([name, tensor]) => [name, ...tensor.toFloat64()])).toEqual([
      ['Abs', 2],
      ['Neg', 2],
    ]);
    expect((await errorOf(session.run(new Map([['x', float32([1], 1)]]), ['Nope']))).code).toBe(
      'INPUT_DATA',
    );
  });

  test('answers calls that overlap in order', async () => {
    await using session = await openSession(writeModel(identityModel(code.float32, [1])));
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((value) => session.run(new Map([['x', float32([1], value)]]))),
    );
    expect(results.map(({ outputs }) => outputs.get('y')?.toFloat64()[0])).toEqual([1, 2, 3, 4, 5]);
  });

  test('writes the optimised model in the format of its name, or in the one asked for', async () => {
    const folder = temporaryFolder();
    const path = writeModel(addModel);
    const write = async (name: string, optimizedModelFormat?: 'onnx' | 'ort'): Promise<Buffer> => {
      const optimizedModelPath = join(folder, name);
      await using _ = await openSession(path, {
        optimizedModelPath,
        ...(optimizedModelFormat !== undefined && { optimizedModelFormat }),
      });
      return readFileSync(optimizedModelPath);
    };
    const asOnnx = onnx.ModelProto.decode(await write('a.onnx'));
    expect(asOnnx.graph?.node?.map((node) => node.opType)).toEqual(['Add']);
    // A flatbuffer carries its identifier at byte 4.
    expect((await write('b.ort')).subarray(4, 8).toString()).toBe('ORTM');
    expect((await write('c.onnx', 'ort')).subarray(4, 8).toString()).toBe('ORTM');
  });

  test('takes the optimization level and configuration entries', async () => {
    const model: TinyModel = {
      ...identityModel(code.float32, [1]),
      nodes: [
        { op: 'Identity', inputs: ['x'], outputs: ['a'] },
        { op: 'Identity', inputs: ['a'], outputs: ['b'] },
        { op: 'Neg', inputs: ['b'], outputs: ['y'] },
      ],
    };
    const nodes = async (settings: Parameters<typeof openSession>[1]): Promise<number> => {
      const optimizedModelPath = join(temporaryFolder(), 'out.onnx');
      await using _ = await openSession(writeModel(model), { ...settings, optimizedModelPath });
      return onnx.ModelProto.decode(readFileSync(optimizedModelPath)).graph?.node?.length ?? -1;
    };
    expect(await nodes({ optimization: 'disabled' })).toBe(3);
    expect(await nodes({ optimization: 'basic' })).toBe(1);
    const config = { 'optimization.disable_specified_optimizers': 'EliminateIdentity' };
    expect(await nodes({ optimization: 'basic', config })).toBe(3);
  });

  test('completes the profile when it is closed', async () => {
    const profilePrefix = join(temporaryFolder(), 'profile');
    const session = await openSession(writeModel(addModel), { profilePrefix });
    await session.run(addFeeds());
    await session.close();
    const names = readdirSync(dirname(profilePrefix)).filter((name) => name.endsWith('.json'));
    expect(names).toHaveLength(1);
    const events = JSON.parse(
      readFileSync(join(dirname(profilePrefix), names[0] ?? ''), 'utf8'),
    ) as { name: string }[];
    expect(events.some((event) => event.name === 'model_run')).toBe(true);
  });

  test('reports memory', async () => {
    await using session = await openSession(writeModel(addModel));
    const memory = await session.memory();
    // A process with Node and onnxruntime in it takes tens of megabytes, and not gigabytes.
    for (const bytes of Object.values(memory)) {
      expect(bytes).toBeGreaterThan(20e6);
      expect(bytes).toBeLessThan(2e9);
    }
    expect(memory.peakBytes).toBeGreaterThanOrEqual(memory.currentBytes);
    expect(memory.peakBytes).toBeGreaterThanOrEqual(memory.afterImportBytes);
  });
});

test('runtimeVersion is that of the installed package', () => {
  const path = new URL('../../node_modules/onnxruntime-node/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  expect(runtimeVersion()).toBe(version);
});

test('file names of any kind', async () => {
  const path = writeModel(addModel, 'mödel 語 #1%20.onnx');
  expect(basename(path)).toBe('mödel 語 #1%20.onnx');
  expect(encodeModel(addModel).length).toBe(readFileSync(path).length);
  await using session = await openSession(path);
  expect(session.inputs).toHaveLength(2);
});
