import { halvesAgree, SettleDetector } from './warm-up.ts';

const beatMs = 200;

export interface LoopPlan {
  readonly feedCount: number;
  readonly warmup: { readonly runs: number } | { readonly ms: number } | 'auto';
  readonly runs: number | null;
  readonly durationMs: number | null;
  readonly maxMs: number | null;
}

/** What the loop needs of the world, so that it can be tested without one. */
export interface LoopHost {
  /** Runs the model on feed number `feed`. What it returns is dropped. */
  run(feed: number): Promise<unknown>;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Called between runs, at most every 200 ms, with the timed runs done. */
  beat(done: number): void;
  /** Called right before the first and right after the last timed run. */
  timedPart(edge: 'start' | 'end'): void;
  /** Asked between runs; true ends everything with an error. */
  stopped(): boolean;
}

export interface LoopResult {
  readonly samplesMs: Float64Array;
  readonly firstRunMs: number;
  readonly warmupRuns: number;
  readonly warmupMs: number;
  readonly settled: boolean;
  readonly wallMs: number;
  readonly endedBy: 'runs' | 'duration' | 'max-time';
}

/** Times runs one after the other (a closed loop). See MeasurePlan for what the numbers mean. */
export async function timeRuns(plan: LoopPlan, host: LoopHost): Promise<LoopResult> {
  const begin = host.now();
  await host.run(0);
  const firstRunMs = host.now() - begin;
  let lastBeat = beat(host, 0, begin);

  // Warm-up.
  const warmupBegin = host.now();
  let warmupRuns = 0;
  // Kept for a fixed warm-up only: the detector keeps what it needs.
  const warmupTimes: number[] = [];
  const detector = plan.warmup === 'auto' ? new SettleDetector() : null;
  const warmupLimitMs = plan.maxMs === null ? Number.POSITIVE_INFINITY : plan.maxMs / 2;
  let warmupMs = 0;
  while (wantsMoreWarmup(plan.warmup, warmupRuns, warmupMs)) {
    const start = host.now();
    if (start - begin >= warmupLimitMs) break;
    await host.run(++warmupRuns % plan.feedCount);
    const end = host.now();
    warmupMs = end - warmupBegin;
    if (detector === null) warmupTimes.push(end - start);
    else if (detector.add(end - start, warmupMs)) break;
    lastBeat = beat(host, 0, lastBeat);
  }

  // Timed runs. Between reading the clock twice there is the run and nothing else.
  let samples = new Float64Array(plan.runs ?? 4096);
  let done = 0;
  let endedBy: LoopResult['endedBy'] | null = null;
  host.timedPart('start');
  const timedBegin = host.now();
  let end = timedBegin;
  while (endedBy === null) {
    const feed = done % plan.feedCount;
    const start = host.now();
    await host.run(feed);
    end = host.now();
    samples[done++] = end - start;
    endedBy = ending(plan, done, end - timedBegin, end - begin);
    if (done === samples.length && endedBy === null) samples = grown(samples);
    if (end - lastBeat >= beatMs) lastBeat = beat(host, done, lastBeat);
  }
  host.timedPart('end');

  return {
    samplesMs: samples.slice(0, done),
    firstRunMs,
    warmupRuns,
    warmupMs,
    settled: detector === null ? halvesAgree(warmupTimes) : detector.settled,
    wallMs: end - timedBegin,
    endedBy,
  };
}

function wantsMoreWarmup(warmup: LoopPlan['warmup'], runs: number, ms: number): boolean {
  if (warmup === 'auto') return true;
  return 'runs' in warmup ? runs < warmup.runs : ms < warmup.ms;
}

function ending(
  plan: LoopPlan,
  done: number,
  timedMs: number,
  totalMs: number,
): LoopResult['endedBy'] | null {
  if (plan.runs !== null && done >= plan.runs) return 'runs';
  if (plan.durationMs !== null && timedMs >= plan.durationMs) return 'duration';
  if (plan.maxMs !== null && totalMs >= plan.maxMs) return 'max-time';
  return null;
}

/** Tells the host where the loop is if that was long enough ago; returns when it was told last. */
function beat(host: LoopHost, done: number, lastBeat: number): number {
  if (host.stopped()) throw new Error('the measurement was stopped');
  const now = host.now();
  if (now - lastBeat < beatMs) return lastBeat;
  host.beat(done);
  return host.now();
}

function grown(samples: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(samples.length * 2);
  larger.set(samples);
  return larger;
}
