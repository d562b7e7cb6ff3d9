import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  DisturbanceCounters,
  residentMemory,
  runQueueWaitNs,
} from '../../src/runtime/process-counters.ts';

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('residentMemory', () => {
  test('grows with what is touched, and its peak stays', () => {
    const before = residentMemory();
    let block: Uint8Array | null = new Uint8Array(200e6).fill(1);
    const during = residentMemory();
    // Node's own idea of it, read from elsewhere.
    const ratio = during.currentBytes / process.memoryUsage.rss();
    expect(block[7]).toBe(1);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
    expect(during.currentBytes - before.currentBytes).toBeGreaterThan(150e6);
    block = null;
    collectGarbage();
    // The kernel counts pages per CPU and adds them up in batches, so allow for a few.
    expect(residentMemory().peakBytes).toBeGreaterThan(during.currentBytes - 5e6);
  });
});

describe('DisturbanceCounters', () => {
  test('counts the collections between start and end only', async () => {
    const counters = new DisturbanceCounters();
    collectGarbage();
    counters.start();
    collectGarbage();
    collectGarbage();
    counters.end();
    collectGarbage();
    const change = await counters.change();
    // V8 may add collections of its own; a major one is reported once.
    expect(change.gcCount).toBeGreaterThanOrEqual(2);
    expect(change.gcMs).toBeGreaterThan(0);
    expect(change.involuntaryContextSwitches).toBeGreaterThanOrEqual(0);

    const quiet = new DisturbanceCounters();
    quiet.start();
    quiet.end();
    collectGarbage();
    expect((await quiet.change()).gcCount).toBe(0);
  });

  test('the wait for a CPU never runs backwards', async () => {
    const counters = new DisturbanceCounters();
    counters.start();
    counters.end();
    const { runQueueWaitMs } = await counters.change();
    expect(runQueueWaitMs === null).toBe(runQueueWaitNs() === null);
    if (runQueueWaitMs !== null) expect(runQueueWaitMs).toBeGreaterThanOrEqual(0);
  });
});
