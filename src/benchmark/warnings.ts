import { formatPercent } from '../report/index.ts';
import { configurationText } from './config.ts';
import type { Environment } from './environment.ts';
import type { BenchmarkResult, BenchmarkWarning } from './report.ts';

/** Fractions from which on something is worth a warning. */
const thresholds = {
  runQueueWait: 0.05,
  stolen: 0.02,
  throttled: 0.01,
  garbageCollection: 0.1,
  spread: 0.1,
  overlap: 0.9,
} as const;

/** What makes the numbers doubtful, each with what to do. */
export function benchmarkWarnings(
  environment: Environment,
  results: readonly BenchmarkResult[],
): BenchmarkWarning[] {
  const resultWarnings = [oversubscribed, waiting, spread, unsettled, collecting, apart];
  const found = [
    ...environmentWarnings(environment),
    ...resultWarnings.flatMap((check) => {
      const hits = results.flatMap((result) => check(result, environment) ?? []);
      return mergedWarning(hits, results.length);
    }),
  ];
  return found;
}

/** The same warning of several configurations as one: the worst, and of how many it is true. */
function mergedWarning(hits: readonly Hit[], results: number): BenchmarkWarning[] {
  const [worst] = hits.toSorted((a, b) => b.size - a.size);
  if (worst === undefined) return [];
  const { code, message, fix } = worst;
  if (results === 1) return [{ code, message, fix }];
  const where = configurationText(worst.result);
  const others = hits.length > 1 ? `, and ${hits.length - 1} more of ${results}` : '';
  return [{ code, message: `${message} (${where}${others})`, fix }];
}

interface Hit extends BenchmarkWarning {
  /** How bad, to find the worst. */
  readonly size: number;
  readonly result: BenchmarkResult;
}

type Check = (result: BenchmarkResult, environment: Environment) => Hit | null;

const oversubscribed: Check = (result, { coresAllowed }) => {
  const { threads, concurrency } = result;
  const busy = threads * concurrency;
  if (result.provider !== 'cpu' || busy <= coresAllowed) return null;
  return {
    code: 'oversubscribed',
    message: `${busy} threads compete for ${coresAllowed} ${coresAllowed === 1 ? 'core' : 'cores'}`,
    fix: `keep threads times sessions at ${coresAllowed} or below`,
    size: busy,
    result,
  };
};

const waiting: Check = (result) => {
  const share = result.noise.runQueueWait;
  if (share === null || share < thresholds.runQueueWait) return null;
  return {
    code: 'noisy',
    message: `the timed thread spent ${formatPercent(share)} of the time waiting for a CPU`,
    fix: 'end other programs, use fewer --threads than cores, or another machine',
    size: share,
    result,
  };
};

const spread: Check = (result) => {
  const { low, high } = result.processP50Ms;
  const share = high / low - 1;
  if (share < thresholds.spread) return null;
  return {
    code: 'spread',
    message: `the medians of the processes are ${formatPercent(share, 0)} apart`,
    fix: 'differences of that size mean nothing here: more --processes, or a quieter machine',
    size: share,
    result,
  };
};

const unsettled: Check = (result) => {
  const drifting = result.processes.filter(({ settled, warmupRuns }) => !settled && warmupRuns > 5);
  const total = result.processes.length;
  if (drifting.length * 2 <= total) return null;
  return {
    code: 'unsettled',
    message: `run times were still changing after the warm-up in ${drifting.length} of ${total} processes`,
    fix: 'warm up longer (--warmup 5s), or look for what else is running',
    size: drifting.length / total,
    result,
  };
};

const collecting: Check = (result) => {
  const share = result.noise.garbageCollection;
  if (share < thresholds.garbageCollection) return null;
  return {
    code: 'garbage-collection',
    message: `${formatPercent(share)} of the time went to JavaScript's garbage collector`,
    fix: 'the outputs are large: that is a cost of using them from Node, and part of the latency',
    size: share,
    result,
  };
};

/** Sessions that began and ended at different times did not compete all the time. */
const apart: Check = (result) => {
  if (result.concurrency === 1) return null;
  const least = Math.min(...overlaps(result));
  if (least >= thresholds.overlap) return null;
  return {
    code: 'overlap',
    message: `the sessions ran at the same time for only ${formatPercent(least, 0)} of a round`,
    fix: 'measure longer (--duration 10s) with a warm-up of fixed length (--warmup 2s)',
    size: 1 - least,
    result,
  };
};

/** Of each round: the time that all its sessions were timed, as a part of the time that any was. */
export function overlaps({ processes, concurrency }: BenchmarkResult): number[] {
  const rounds = Array.from({ length: processes.length / concurrency }, (_, round) =>
    processes.filter((each) => each.round === round),
  );
  return rounds.map((sessions) => {
    // All were told to begin at the same time.
    const starts = sessions.map(({ firstRunMs, warmupMs }) => firstRunMs + warmupMs);
    const ends = sessions.map(({ wallMs }, index) => (starts[index] ?? 0) + wallMs);
    const together = Math.min(...ends) - Math.max(...starts);
    return Math.max(together, 0) / (Math.max(...ends) - Math.min(...starts));
  });
}

function environmentWarnings(environment: Environment): BenchmarkWarning[] {
  const { stolen, throttled, governor, onBattery, loadAverage, coresTotal, platform } = environment;
  const found: BenchmarkWarning[] = [];
  if (stolen !== null && stolen >= thresholds.stolen) {
    found.push({
      code: 'stolen',
      message: `the hypervisor gave ${formatPercent(stolen)} of the CPU time to other machines`,
      fix: 'use a machine with CPUs of its own',
    });
  }
  if (throttled !== null && throttled >= thresholds.throttled) {
    found.push({
      code: 'throttled',
      message: `the CPU quota stopped this group of processes for ${formatPercent(throttled)} of the time`,
      fix: 'use fewer --threads than the quota has CPUs, or raise the quota',
    });
  }
  if (governor === 'powersave' || governor === 'conservative') {
    found.push({
      code: 'governor',
      message: `the CPU's frequency policy is ${governor}`,
      fix: 'switch it to performance (cpupower frequency-set -g performance)',
    });
  }
  if (onBattery === true) {
    found.push({
      code: 'battery',
      message: 'the machine runs on battery',
      fix: 'plug it in: it may slow down to save power',
    });
  }
  // Where there is no count of waiting times, the load is all there is to go by.
  if (platform !== 'linux' && loadAverage !== null && loadAverage.before > coresTotal / 2) {
    found.push({
      code: 'load',
      message: `the load average was ${loadAverage.before.toFixed(1)} on ${coresTotal} CPUs before the start`,
      fix: 'end other programs',
    });
  }
  return found;
}
