import { readFileSync } from 'node:fs';
import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** Resident memory of this process, in bytes. */
export interface ResidentMemory {
  readonly peakBytes: number;
  readonly currentBytes: number;
}

/**
 * What the system says of this process's memory: `/proc/self/status` where there is one (its VmHWM is
 * the peak of this program, where getrusage's also counts the program that it was forked from).
 */
export function residentMemory(): ResidentMemory {
  const status = readTextFile('/proc/self/status') ?? '';
  const peakKib = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  const currentKib = /^VmRSS:\s*(\d+) kB/m.exec(status)?.[1];
  const currentBytes =
    currentKib === undefined ? process.memoryUsage.rss() : Number(currentKib) * 1024;
  const peakBytes = Number(peakKib ?? process.resourceUsage().maxRSS) * 1024;
  return { peakBytes: Math.max(peakBytes, currentBytes), currentBytes };
}

/**
 * Nanoseconds that this thread was ready to run and waited for a CPU; null where the system does not
 * say (no Linux, or a kernel that counts nothing).
 *
 * Source: https://docs.kernel.org/scheduler/sched-stats.html (/proc/<pid>/schedstat)
 */
export function runQueueWaitNs(): number | null {
  const [ran, waited] = (readTextFile('/proc/self/schedstat') ?? '').trim().split(' ').map(Number);
  // A kernel without the statistics says 0 to everything, also to the time it has run.
  return ran !== undefined && ran > 0 && waited !== undefined && waited >= 0 ? waited : null;
}

export interface CounterChange {
  readonly runQueueWaitMs: number | null;
  readonly involuntaryContextSwitches: number;
  readonly gcCount: number;
  readonly gcMs: number;
}

/** What this process was disturbed by between `start` and `end`. */
export class DisturbanceCounters {
  readonly #collections: PerformanceEntry[] = [];
  readonly #observer = new PerformanceObserver((list) => {
    this.#collections.push(...list.getEntries());
  });
  #before: { at: number; wait: number | null; switches: number } | null = null;
  #after: { at: number; wait: number | null; switches: number } | null = null;

  start(): void {
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#before = snapshot();
  }

  end(): void {
    this.#after = snapshot();
  }

  /** Waits for the garbage collector's late reports, and gives what changed. */
  async change(): Promise<CounterChange> {
    const [before, after] = [this.#before, this.#after];
    if (before === null || after === null)
      throw new Error('the counters were not started and ended');
    // Entries are handed over in a later turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#collections.push(...this.#observer.takeRecords());
    this.#observer.disconnect();
    const during = this.#collections.filter(
      (entry) => entry.startTime >= before.at && entry.startTime <= after.at,
    );
    return {
      runQueueWaitMs:
        before.wait === null || after.wait === null ? null : (after.wait - before.wait) / 1e6,
      involuntaryContextSwitches: after.switches - before.switches,
      gcCount: during.length,
      gcMs: during.reduce((sum, entry) => sum + entry.duration, 0),
    };
  }
}

function snapshot(): { at: number; wait: number | null; switches: number } {
  return {
    wait: runQueueWaitNs(),
    switches: process.resourceUsage().involuntaryContextSwitches,
    at: performance.now(),
  };
}

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
