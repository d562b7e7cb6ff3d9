import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { buildModel } from '../../src/graph/index.ts';
import { openModel } from '../../src/onnx/index.ts';
import { openSession } from '../../src/runtime/index.ts';
import {
  type RuntimeVerdict,
  type SkeletonSettings,
  skeletonVerdict,
} from '../../src/staging/skeleton-verdict.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { filesBelow, shared, temporaryFolder } from '../support/files.ts';
import { writeModel } from '../support/write-model.ts';
import { filled, large, ones, watchTemporaryFolder, writeHollow } from './skeleton-models.ts';

async function verdict(file: string, settings: SkeletonSettings = {}): Promise<RuntimeVerdict> {
  const open = openModel(file);
  try {
    return await skeletonVerdict(open, { keepBytes: 1024, leastSavedBytes: 1, ...settings });
  } finally {
    open.close();
  }
}

/** What loading the file itself ends with. */
async function direct(file: string): Promise<MlkitError | null> {
  try {
    await (await openSession(file, { threads: 1, optimization: 'disabled' })).close();
    return null;
  } catch (error) {
    if (error instanceof MlkitError) return error;
    throw error;
  }
}

describe('the verdict on a skeleton', () => {
  test('is that on the model, and leaves nothing behind', async () => {
    const file = writeModel(large());
    const temporary = watchTemporaryFolder();
    const found = await verdict(file);
    expect(found).toMatchObject({ verdict: 'loads', error: null, skeleton: true });
    expect(found.peakBytes).toBeGreaterThan(10e6);
    expect(found.loadMs).toBeGreaterThan(0);
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test('names what the structure is refused for, in words about the model', async () => {
    const file = writeModel(large('MatMulz'));
    const temporary = watchTemporaryFolder();
    const found = await verdict(file);
    expect(found).toMatchObject({ verdict: 'rejects', skeleton: true, peakBytes: null });
    const real = await direct(file);
    expect([found.error?.code, found.error?.message]).toEqual([real?.code, real?.message]);
    expect(found.error?.message).toContain(file);
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  test('is not taken for it where zeros or their place may be the reason', async () => {
    // The runtime infers shapes from this tensor, and does not read it in a data file.
    const file = writeModel(large());
    expect(await verdict(file, { keepBytes: 1 })).toMatchObject({
      verdict: 'loads',
      skeleton: false,
    });
    const short = writeModel(large('MatMul', filled('float32', [256, 64], new Uint8Array(8))));
    const found = await verdict(short);
    expect(found).toMatchObject({ verdict: 'rejects', skeleton: false });
    expect(found.error?.message).toBe((await direct(short))?.message);
  });

  test.runIf(process.platform !== 'win32')('answers for files above 2 GiB', async () => {
    const file = path.join(temporaryFolder(), 'huge.onnx');
    await writeHollow(file, 600_000);
    expect(fs.statSync(file).size).toBeGreaterThan(2 ** 31);
    expect((await direct(file))?.code).toBe('LIMIT_EXCEEDED');
    const found = await verdict(file);
    expect(found).toMatchObject({ verdict: 'loads', skeleton: true });
    expect(found.peakBytes).toBeLessThan(500e6);
  });
});

describe('the model itself is loaded', () => {
  test('when a skeleton would save little', async () => {
    const file = writeModel(large());
    const found = await verdict(file, { leastSavedBytes: 10e6 });
    expect(found).toMatchObject({ verdict: 'loads', skeleton: false });
  });

  test('when there is no place for a skeleton', async () => {
    const file = writeModel(large());
    watchTemporaryFolder(path.join(temporaryFolder(), 'none'));
    expect(await verdict(file)).toMatchObject({ verdict: 'loads', skeleton: false });
  });
});

test('a small model is loaded with optimizations, which find more', async () => {
  const model = buildModel({}, (b) => {
    const list = (size: number) => tensorFrom('int64', [1], BigInt64Array.of(BigInt(size)));
    const parts = [2, 3].map((size) => b.initializer(list(size)));
    const shape = b.node('Concat', parts, { axis: 0 });
    const rows = b.node('Reshape', [b.input('x', 'float32', [6]), shape]);
    const other = b.input('y', 'float32', [2, 4]);
    b.output(b.node('Add', [rows, other]), 'float32', ['rows', 'columns']);
  });
  const file = writeModel(model);
  expect(await direct(file)).toBeNull();
  const settings = { leastSavedBytes: 1024 * 1024 };
  expect(await verdict(file, settings)).toMatchObject({ verdict: 'rejects', skeleton: false });
});

test('no answer in time is none', async () => {
  const temporary = watchTemporaryFolder();
  const found = await verdict(writeModel(large()), { timeoutMs: 1 });
  expect(found).toMatchObject({ verdict: 'unknown', error: { code: 'RUNTIME_TIMEOUT' } });
  expect(fs.readdirSync(temporary).filter((name) => name.includes('skeleton'))).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'a process that somebody else killed says nothing about the model',
  async () => {
    const children = `/proc/${process.pid}/task/${process.pid}/children`;
    const isWorker = (pid: string): boolean =>
      pid !== '' && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.js');
    const killChildren = async (): Promise<void> => {
      const workers = (): string[] => fs.readFileSync(children, 'utf8').split(' ').filter(isWorker);
      await expect.poll(() => workers().length, { interval: 1 }).toBeGreaterThan(0);
      for (const pid of workers()) process.kill(Number(pid), 'SIGKILL');
    };
    let killing: Promise<void> | undefined;
    const onAsked = (): void => {
      killing = killChildren();
    };
    const found = await verdict(writeModel(large()), { leastSavedBytes: 10e6, onAsked });
    await killing;
    expect(found).toMatchObject({ verdict: 'unknown', error: { code: 'RUNTIME_CRASHED' } });
  },
);

test('an interruption is thrown, and leaves nothing behind', async () => {
  const file = writeModel(large('MatMul', ones(4096, 64)));
  const temporary = watchTemporaryFolder();
  const abort = new AbortController();
  const running = verdict(file, { signal: abort.signal });
  const made = (): boolean => fs.readdirSync(temporary).some((name) => name.includes('skeleton'));
  await expect.poll(made, { interval: 1 }).toBe(true);
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(made()).toBe(false);
});

const defects = path.join(shared, 'data', 'defects');
test.runIf(fs.existsSync(defects))('agrees with loading broken models as they are', async () => {
  // Every constant hollow, however small; each takes two processes.
  const some = filesBelow(defects, '.onnx').filter((_, at) => at % 15 === 4);
  for (const file of some) {
    const { error } = await verdict(file, { keepBytes: 0 });
    const real = await direct(file);
    expect([file, error?.code, error?.message]).toEqual([file, real?.code, real?.message]);
  }
});
