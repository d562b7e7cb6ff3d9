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
    expect(during.currentBytes - before.currentBytes).toBeGreaterThan(150e6);
    expect(block[7]).toBe(1);
    block = null;
    collectGarbage();
    const after = residentMemory();
    expect(after.peakBytes).toBeGreaterThanOrEqual(during.currentBytes);
    // The runtime's own idea of it, measured another way.
    expect(after.currentBytes / process.memoryUsage.rss()).toBeGreaterThan(0.5);
    expect(after.currentBytes / process.memoryUsage.rss()).toBeLessThan(2);
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
