import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../src/runtime/index.ts';
import { temporaryFolder } from '../support/files.ts';
import { countFeeds, endless, errorOf, float32 } from './session-harness.ts';
import {
  addModel,
  code,
  countModel,
  identityModel,
  type TinyModel,
  writeModel,
} from './tiny-model.ts';

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

  test.runIf(process.platform !== 'win32')('a file that protobuf cannot hold', async () => {
    const file = join(temporaryFolder(), 'large.onnx');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 31);
    const error = await errorOf(openSession(file));
    expect(error.code).toBe('LIMIT_EXCEEDED');
    expect(error.message).toMatch(
      /it has 2147483648 bytes, and onnxruntime reads at most 2147483647/,
    );
    expect(error.hint).toContain('--external');
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
    const plan = { warmup: { runs: 0 }, durationMs: 1500 } as const;
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
