import { readFileSync } from 'node:fs';
import pidusage from 'pidusage';
import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/graph/index.ts';
import { openSession } from '../../src/runtime/index.ts';
import { heldBytes, MemoryWatch } from '../../src/runtime/memory-limit.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { writeModel } from '../support/write-model.ts';
import { errorOf } from './session-harness.ts';

const mebibyte = 1024 ** 2;

/** y = the mean of a tensor of `elements` float32 that is made only when the model runs. */
function greedyModel(): string {
  const model = buildModel({ opset: 13 }, (b) => {
    const shape = b.input('elements', 'int64', [1]);
    const large = b.node('ConstantOfShape', [shape], {
      value: tensorFrom('float32', [1], Float32Array.of(1)),
    });
    b.output(b.node('ReduceMean', [large]), 'float32');
  });
  return writeModel(model);
}

function elements(count: number): Map<string, ReturnType<typeof tensorFrom>> {
  return new Map([['elements', tensorFrom('int64', [1], BigInt64Array.of(BigInt(count)))]]);
}

/** The processes of sessions; Linux only. */
function workers(): string[] {
  if (process.platform !== 'linux') return [];
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return children
    .split(' ')
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker'));
}

describe('memory held', () => {
  test('is what others measure', async () => {
    const held = await heldBytes(process.pid);
    const { memory } = await pidusage(process.pid);
    // The most so far, against what it is now.
    expect(held).toBeGreaterThan(memory * 0.9);
    expect(held).toBeLessThan(16 * 1024 * mebibyte);
  });

  test('of a process that is gone is not known', async () => {
    expect(await heldBytes(2 ** 30)).toBeNull();
  });

  test('is told of once, when it exceeds the limit, and not after the end', async () => {
    const told: number[] = [];
    const watch = new MemoryWatch(process.pid, 1, (held) => told.push(held));
    await expect.poll(() => told.length, { interval: 5 }).toBe(1);
    if (process.platform === 'linux') expect(await watch.lastLook()).toBe(true);
    expect(told).toHaveLength(1);
    const stopped = new MemoryWatch(process.pid, 1, (held) => told.push(held));
    stopped.stop();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(told).toHaveLength(1);
  });
});

describe('a memory limit', () => {
  test('leaves alone what keeps it', async () => {
    await using session = await openSession(greedyModel(), { memoryLimitBytes: 1024 * mebibyte });
    const { outputs } = await session.run(elements(1000));
    expect(outputs.values().next().value?.toFloat64()).toEqual(Float64Array.of(1));
  });

  test('ends a model that takes more as it runs', async () => {
    const path = greedyModel();
    const session = await openSession(path, { memoryLimitBytes: 300 * mebibyte });
    const error = await errorOf(session.run(elements(200 * mebibyte)));
    expect(error.code).toBe('RUNTIME_MEMORY');
    expect(error.exit).toBe(3);
    expect(error.message).toMatch(
      /^running .*model\.onnx took [\d.]+ [MG]iB of memory, more than the limit of 300 MiB$/,
    );
    expect(error.message).toContain(path);
    expect(error.hint).toMatch(/--memory-limit \dGiB/);
    // It is dead, and gone when it is closed.
    expect((await errorOf(session.run(elements(1)))).code).toBe('RUNTIME_MEMORY');
    await session.close();
  });

  test.runIf(process.platform === 'linux')('sees what is held for a moment only', async () => {
    const path = greedyModel();
    const first = await openSession(path);
    await first.run(elements(1));
    const { peakBytes } = await first.memory();
    await first.close();
    // 48 MiB are taken and freed within some 15 ms, before anybody looks again.
    const session = await openSession(path, { memoryLimitBytes: peakBytes + 20 * mebibyte });
    expect((await session.run(elements(1))).outputs.size).toBe(1);
    expect((await errorOf(session.run(elements(12 * mebibyte)))).code).toBe('RUNTIME_MEMORY');
    await session.close();
  });

  test('ends a model that takes more as it is loaded, and leaves no process', async () => {
    const before = workers();
    const error = await errorOf(openSession(greedyModel(), { memoryLimitBytes: 20 * mebibyte }));
    expect(error.code).toBe('RUNTIME_MEMORY');
    expect(error.message).toMatch(/^loading /);
    expect(workers()).toEqual(before);
  });
});
