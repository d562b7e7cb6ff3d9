import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { type Feeds, openSession, runtimeVersion } from '../../src/runtime/index.ts';
import {
  type DataType,
  type NumericArray,
  stringTensor,
  type Tensor,
  tensorFrom,
} from '../../src/tensor/index.ts';
import {
  addModel,
  code,
  countModel,
  encodeModel,
  identityModel,
  type TinyModel,
  temporaryFolder,
  writeModel,
} from './tiny-model.ts';

const { onnx } = onnxProto;

function float32(dims: readonly number[], ...values: number[]): Tensor {
  return tensorFrom('float32', dims, Float32Array.from(values));
}

function addFeeds(): Feeds {
  return new Map([
    ['x', float32([2, 2], 1, 2, 3, 4)],
    ['y', float32([2, 2], 10, 20, 30, 40)],
  ]);
}

function countFeeds(trips: number): Feeds {
  return new Map([
    ['trips', tensorFrom('int64', [], BigInt64Array.of(BigInt(trips)))],
    ['start', float32([1], 0)],
  ]);
}

/** Minutes of work, in one call of the runtime. */
const endless = 1_000_000_000;

async function errorOf(work: Promise<unknown>): Promise<MlkitError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof MlkitError) return error;
  throw error;
}

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

describe('what cannot be loaded', () => {
  test('a path that is no model file', async () => {
    const folder = temporaryFolder();
    expect((await errorOf(openSession(join(folder, 'none.onnx')))).code).toBe('FILE_NOT_FOUND');
    expect((await errorOf(openSession(folder))).code).toBe('FILE_IS_DIRECTORY');
    writeFileSync(join(folder, 'empty.onnx'), '');
    expect((await errorOf(openSession(join(folder, 'empty.onnx')))).code).toBe('FILE_EMPTY');
    writeFileSync(join(folder, 'junk.onnx'), 'version https://example.org/spec/v1');
    expect((await errorOf(openSession(join(folder, 'junk.onnx')))).code).toBe('MODEL_MALFORMED');
    writeFileSync(join(folder, 'junk.ort'), 'this is not a flatbuffer at all');
    expect((await errorOf(openSession(join(folder, 'junk.ort')))).code).toBe('MODEL_MALFORMED');
  });

  test.each<[string, TinyModel, string, RegExp]>([
    [
      'an IR version too new',
      { ...addModel, irVersion: 99 },
      'RUNTIME_LOAD',
      /IR version is 99.*at most \d+$/,
    ],
    [
      'an opset too new',
      { ...addModel, opset: 99 },
      'RUNTIME_LOAD',
      /opset 99 of ai\.onnx is too new.*at most \d+$/,
    ],
    [
      'an operator that does not exist',
      { ...addModel, nodes: [{ op: 'NoSuchOp', inputs: ['x', 'y'], outputs: ['z'] }] },
      'MODEL_INVALID',
      /opset 13 has no operator NoSuchOp$/,
    ],
    [
      'a custom operator',
      {
        ...addModel,
        nodes: [{ op: 'Mine', domain: 'my.ops', inputs: ['x', 'y'], outputs: ['z'] }],
        domains: ['my.ops'],
      },
      'RUNTIME_LOAD',
      /operator Mine of domain my\.ops/,
    ],
    [
      'a domain without an opset',
      {
        ...addModel,
        nodes: [{ op: 'Mine', domain: 'my.ops', inputs: ['x', 'y'], outputs: ['z'] }],
      },
      'MODEL_INVALID',
      /imports no opset/,
    ],
    [
      'a type without a kernel',
      {
        nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
        inputs: [{ name: 'x', type: code.bfloat16, shape: [1] }],
        outputs: [{ name: 'y', type: code.bfloat16, shape: [1] }],
      },
      'RUNTIME_LOAD',
      /no kernel for Neg \(version 13\)/,
    ],
    [
      'an input type that the binding lacks',
      identityModel(code.bfloat16, [1]),
      'MODEL_UNSUPPORTED',
      /bfloat16/,
    ],
    [
      'missing external data',
      {
        ...identityModel(code.float32, [2]),
        nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
        initializers: [
          {
            name: 'w',
            dataType: code.float32,
            dims: [2],
            dataLocation: 1,
            externalData: [{ key: 'location', value: 'weights.bin' }],
          },
        ],
      },
      'EXTERNAL_DATA',
      /weights\.bin.* is missing/,
    ],
    [
      'a cycle',
      {
        ...identityModel(code.float32, [1]),
        nodes: [
          { op: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
          { op: 'Neg', inputs: ['a'], outputs: ['b'] },
          { op: 'Neg', inputs: ['a'], outputs: ['y'] },
        ],
      },
      'MODEL_INVALID',
      /./,
    ],
  ])('%s', async (_, model, expected, words) => {
    const path = writeModel(model);
    const error = await errorOf(openSession(path));
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(path);
    expect(error.message).not.toMatch(/onnxruntime_src|\.cc:\d|\.h:\d|ONNXRuntimeError/);
    expect(error.hint).not.toBe('');
  });

  test('settings that cannot be', async () => {
    const path = writeModel(addModel);
    expect((await errorOf(openSession(path, { threads: 0 }))).code).toBe('USAGE');
    const nowhere = join(temporaryFolder(), 'none', 'out.onnx');
    expect((await errorOf(openSession(path, { optimizedModelPath: nowhere }))).code).toBe(
      'FILE_NOT_FOUND',
    );
    expect((await errorOf(openSession(path, { profilePrefix: nowhere }))).code).toBe(
      'FILE_NOT_FOUND',
    );
  });
});

describe('what goes wrong in a run', () => {
  test('the runtime refuses: the session lives on', async () => {
    const model: TinyModel = {
      ...identityModel(code.float32, ['n']),
      nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }],
      initializers: [{ name: 'shape', dataType: code.int64, dims: [1], int64Data: [4] }],
    };
    await using session = await openSession(writeModel(model));
    const error = await errorOf(session.run(new Map([['x', float32([3], 1, 2, 3)]])));
    expect(error.code).toBe('RUNTIME_RUN');
    expect(error.message).toMatch(/Reshape node: .*Input shape:\{3\}, requested shape:\{4\}$/);
    const { outputs } = await session.run(new Map([['x', float32([4], 1, 2, 3, 4)]]));
    expect(outputs.get('y')?.dims).toEqual([4]);
    // The log goes to the child's stderr, and nowhere else.
    expect(session.stderr()).toContain('Reshape');
  });

  test('a run that takes too long is killed', async () => {
    await using session = await openSession(writeModel(countModel), { runTimeoutMs: 1000 });
    const quick = await session.run(countFeeds(3));
    expect(quick.outputs.get('count')?.toFloat64()).toEqual(Float64Array.of(3));
    const error = await errorOf(session.run(countFeeds(endless)));
    expect(error.code).toBe('RUNTIME_TIMEOUT');
    expect(error.message).toContain('1000 ms');
    expect((await errorOf(session.run(countFeeds(1)))).code).toBe('RUNTIME_TIMEOUT');
  });

  test('so is one in a measurement, and a long measurement of short runs is not', async () => {
    await using session = await openSession(writeModel(countModel), { runTimeoutMs: 1000 });
    const plan = { warmup: { runs: 0 }, durationMs: 2000 } as const;
    const result = await session.measure({ ...plan, feeds: [countFeeds(1000)] });
    expect(result.endedBy).toBe('duration');
    const error = await errorOf(session.measure({ ...plan, feeds: [countFeeds(endless)] }));
    expect(error.code).toBe('RUNTIME_TIMEOUT');
  });

  test('loading that takes too long is killed', async () => {
    const error = await errorOf(openSession(writeModel(addModel), { createTimeoutMs: 1 }));
    expect(error.code).toBe('RUNTIME_TIMEOUT');
    expect(error.message).toContain('loading');
  });

  test('an abort ends what runs, what comes and what was not begun', async () => {
    const controller = new AbortController();
    const path = writeModel(countModel);
    await using session = await openSession(path, { signal: controller.signal });
    const running = errorOf(session.run(countFeeds(endless)));
    const waiting = errorOf(session.run(countFeeds(1)));
    setTimeout(() => controller.abort(), 100);
    expect((await running).code).toBe('INTERRUPTED');
    expect((await waiting).code).toBe('INTERRUPTED');
    expect((await errorOf(session.memory())).code).toBe('INTERRUPTED');
    expect((await errorOf(openSession(path, { signal: controller.signal }))).code).toBe(
      'INTERRUPTED',
    );
  });

  test('close ends a run that is under way; closing again changes nothing', async () => {
    const session = await openSession(writeModel(countModel));
    const running = errorOf(session.run(countFeeds(endless)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([session.close(), session.close()]);
    expect((await running).code).toBe('INTERRUPTED');
    await session.close();
    expect((await errorOf(session.run(countFeeds(1)))).code).toBe('INTERRUPTED');
  });
});

describe('measure', () => {
  test('times as many runs as asked, after the first and the warm-up', async () => {
    await using session = await openSession(writeModel(addModel));
    const result = await session.measure({ feeds: [addFeeds()], warmup: { runs: 3 }, runs: 25 });
    expect(result.samplesMs).toBeInstanceOf(Float64Array);
    expect(result.samplesMs.length).toBe(25);
    expect(result.samplesMs.every((ms) => ms > 0)).toBe(true);
    expect(result.firstRunMs).toBeGreaterThan(0);
    expect(result.warmupRuns).toBe(3);
    expect(result.endedBy).toBe('runs');
    const sum = result.samplesMs.reduce((total, ms) => total + ms, 0);
    expect(result.wallMs).toBeGreaterThanOrEqual(sum * 0.999);
    expect(result.involuntaryContextSwitches).toBeGreaterThanOrEqual(0);
    expect(result.gcCount).toBeGreaterThanOrEqual(0);
    if (result.runQueueWaitMs !== null) expect(result.runQueueWaitMs).toBeGreaterThanOrEqual(0);
  });

  test('feeds are taken in turn, from the first on', async () => {
    await using session = await openSession(writeModel(countModel), { threads: 1 });
    const feeds = [countFeeds(1), countFeeds(50_000), countFeeds(1)];
    const { samplesMs } = await session.measure({ feeds, warmup: { runs: 1 }, runs: 9 });
    const ofFeed = (feed: number): number[] =>
      [...samplesMs].filter((_, index) => index % 3 === feed);
    // The middle one works 50 000 times as much as the others.
    expect(Math.min(...ofFeed(1))).toBeGreaterThan(Math.min(...ofFeed(0)));
    expect(Math.min(...ofFeed(1))).toBeGreaterThan(Math.min(...ofFeed(2)));
  });

  test('ends by time where it is told to, and says so', async () => {
    await using session = await openSession(writeModel(addModel));
    const feeds = [addFeeds()];
    const byDuration = await session.measure({ feeds, warmup: { runs: 0 }, durationMs: 50 });
    expect(byDuration.endedBy).toBe('duration');
    expect(byDuration.wallMs).toBeGreaterThanOrEqual(50);
    const byTime = await session.measure({
      feeds,
      warmup: { ms: 5 },
      durationMs: 60_000,
      maxMs: 50,
    });
    expect(byTime.endedBy).toBe('max-time');
    expect(byTime.warmupMs).toBeGreaterThanOrEqual(5);
  });

  test('tells of its progress, and shows garbage collections', async () => {
    await using session = await openSession(writeModel(addModel));
    const rows = 250_000; // outputs of 2 MB: the collector has to work
    const big = tensorFrom('float32', [rows, 2], new Float32Array(rows * 2));
    const feeds = [
      new Map([
        ['x', big],
        ['y', big],
      ]),
    ];
    const seen: [number, number | null][] = [];
    const result = await session.measure({
      feeds,
      warmup: { runs: 2 },
      durationMs: 900,
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every(([done, total]) => done <= result.samplesMs.length && total === null)).toBe(
      true,
    );
    expect(result.gcCount).toBeGreaterThan(0);
    expect(result.gcMs).toBeGreaterThan(0);
    expect(result.gcMs).toBeLessThan(result.wallMs);
  });

  test('refuses a plan that cannot end', async () => {
    await using session = await openSession(writeModel(addModel));
    await expect(session.measure({ feeds: [addFeeds()], warmup: 'auto' })).rejects.toThrow(
      RangeError,
    );
    await expect(session.measure({ feeds: [], warmup: 'auto', runs: 1 })).rejects.toThrow(
      RangeError,
    );
  });
});

describe('processes', () => {
  const built = fileURLToPath(new URL('../../dist/runtime/index.js', import.meta.url));
  const builtTensor = fileURLToPath(new URL('../../dist/tensor/index.js', import.meta.url));
  const opening = (model: string): string => `
    import { openSession, runtimeVersion } from ${JSON.stringify(pathToFileURL(built).href)};
    import { tensorFrom } from ${JSON.stringify(pathToFileURL(builtTensor).href)};
    const session = await openSession(${JSON.stringify(model)});
    const feeds = new Map([['x', tensorFrom('float32', [1], new Float32Array([7]))]]);
    const { outputs } = await session.run(feeds);
    console.log(outputs.get('y').toFloat64().join());`;
  const node = (script: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });

  test('a session that nobody closes does not keep its parent alive', () => {
    const path = writeModel(identityModel(code.float32, [1]));
    expect(node(opening(path)).trim()).toBe('7');
  });

  test('the parent never loads onnxruntime', () => {
    const path = writeModel(identityModel(code.float32, [1]));
    const loaded = node(`${opening(path)}
      import { createRequire } from 'node:module';
      console.log(runtimeVersion());
      const names = Object.keys(createRequire(import.meta.url).cache);
      const objects = process.report.getReport().sharedObjects;
      console.log([...names, ...objects].filter((name) => name.includes('onnxruntime')).length);`);
    expect(loaded.trim().split('\n')).toEqual(['7', runtimeVersion(), '0']);
  });

  test.skipIf(process.platform !== 'linux')(
    'the child ends when its parent is killed',
    async () => {
      const path = writeModel(identityModel(code.float32, [1]));
      const script = `${opening(path)}
      import { readFileSync, readdirSync } from 'node:fs';
      for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name))) {
        try {
          const [, parent] = /\\) \\S (\\d+)/.exec(readFileSync('/proc/' + pid + '/stat', 'utf8'));
          if (Number(parent) === process.pid) console.log('child', pid);
        } catch {}
      }
      setInterval(() => undefined, 1000);`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
      let printed = '';
      for await (const chunk of parent.stdout) {
        printed += String(chunk);
        if (/child \d+\n/.test(printed)) break;
      }
      const child = /child (\d+)/.exec(printed)?.[1] ?? '';
      expect(existsSync(`/proc/${child}`)).toBe(true);
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      await expect.poll(() => isRunning(child), { timeout: 10_000 }).toBe(false);
    },
  );
});

/** A zombie that the system's first process has not collected yet has ended. */
function isRunning(pid: string): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

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
