import {
  confidenceLevel,
  judgeRatio,
  medianOf,
  pairedRatio,
  percentiles,
  type RatioEstimate,
  runsNeeded,
  smallestChangeMs,
  studentTQuantile,
  unpairedRatio,
} from '../measure/index.ts';
import type { Verdict } from '../report/index.ts';
import type { Configuration, Gate, GateMetric } from './config.ts';
import type { Calibration, Comparison, GateResult, ProcessReport } from './report.ts';

export interface ComparisonRequest {
  readonly baseline: string;
  readonly method: Comparison['method'];
  readonly configuration: Configuration;
  readonly before: readonly ProcessReport[];
  readonly after: readonly ProcessReport[];
  readonly gates: readonly Gate[];
  /** Of all intervals, 0.95 where the data are looked at once. */
  readonly confidence: number;
  readonly environmentDifferences: readonly string[];
}

/** Fewer processes on a side say too little about a tail. */
const tailRounds = 5;
/** Samples that must lie above the bound of a percentile that a gate stands on. */
const tailSpare = 5;

/** Compares the processes of two results, and judges the gates. */
export function compareResults(request: ComparisonRequest): Comparison {
  const { baseline, method, configuration, environmentDifferences } = request;
  const before = roundValues(request.before, 'p50').filter((value) => value !== null);
  const after = roundValues(request.after, 'p50').filter((value) => value !== null);
  const estimate = ratioOf(method, before, after, request.confidence);
  const gates = request.gates.map((gate) => judgeGate(gate, request));
  return {
    ...estimate,
    baseline,
    method,
    configuration,
    beforeP50Ms: medianOf(before),
    afterP50Ms: medianOf(after),
    change: changeOf(estimate),
    gates,
    verdict: gates.length === 0 ? null : worstVerdict(gates.map(({ verdict }) => verdict)),
    environmentDifferences,
  };
}

/**
 * The confidence of each interval where the data are looked at several times and the first clear
 * answer counts: so that all looks together err no more often than one would (Bonferroni).
 *
 * Source: https://www.itl.nist.gov/div898/handbook/prc/section4/prc473.htm
 */
export function confidenceOfLooks(looks: number): number {
  return 1 - (1 - confidenceLevel) / looks;
}

/** The worst of the comparisons: by verdict, then by ratio. */
export function worstComparison(comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons.toSorted(
    (a, b) => severity(b.verdict) - severity(a.verdict) || b.ratio - a.ratio,
  )[0];
}

export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdicts.toSorted((a, b) => severity(b) - severity(a))[0] ?? 'inconclusive';
}

function severity(verdict: Verdict | null): number {
  return ['pass', 'inconclusive', 'fail'].indexOf(verdict ?? 'pass');
}

function changeOf({ low, high }: RatioEstimate): Comparison['change'] {
  if (low !== null && low > 1) return 'slower';
  return high !== null && high < 1 ? 'faster' : 'unclear';
}

function ratioOf(
  method: Comparison['method'],
  before: readonly number[],
  after: readonly number[],
  confidence: number,
): RatioEstimate {
  return method === 'interleaved'
    ? pairedRatio(before, after, confidence)
    : unpairedRatio(before, after, confidence);
}

/** One value a round: where sessions ran at the same time, their mean. Null where one has none. */
function roundValues(processes: readonly ProcessReport[], metric: GateMetric): (number | null)[] {
  const rounds = new Map<number, ProcessReport[]>();
  for (const each of processes) rounds.set(each.round, [...(rounds.get(each.round) ?? []), each]);
  return [...rounds.values()].map((sessions) => {
    const values = sessions.map((each) => each[`${metric}Ms`]).filter((value) => value !== null);
    if (values.length < sessions.length) return null;
    return values.reduce((sum, each) => sum + each, 0) / values.length;
  });
}

function judgeGate({ metric, limit }: Gate, request: ComparisonRequest): GateResult {
  const { method, confidence, environmentDifferences } = request;
  const undecided = (reason: string, estimate: Partial<RatioEstimate> = {}): GateResult => {
    const { ratio = null, low = null, high = null } = estimate;
    return { metric, limit, ratio, low, high, verdict: 'inconclusive', reason };
  };
  const lack = lackOfData(metric, request.before) ?? lackOfData(metric, request.after);
  if (lack !== null) return undecided(lack);
  const before = roundValues(request.before, metric).filter((value) => value !== null);
  const after = roundValues(request.after, metric).filter((value) => value !== null);
  const estimate = ratioOf(method, before, after, confidence);
  if (environmentDifferences.length > 0) {
    return undecided(
      `the baseline is of another environment (${environmentDifferences[0]})`,
      estimate,
    );
  }
  const { ratio, low, high } = estimate;
  const verdict = judgeRatio(estimate, medianOf(before), { limit, smallestChangeMs });
  if (verdict === 'inconclusive') {
    const tooFew = low === null || high === null;
    const reason = tooFew
      ? 'one process on a side says nothing of how far they vary'
      : 'the limit lies within the interval';
    return undecided(reason, estimate);
  }
  return { metric, limit, ratio, low, high, verdict, reason: null };
}

/** Why the processes do not support a gate on the metric; null where they do. */
function lackOfData(metric: GateMetric, processes: readonly ProcessReport[]): string | null {
  if (metric === 'p50' || metric === 'mean') return null;
  const p = percentiles[`${metric}Ms`];
  const values = roundValues(processes, metric);
  const runs = processes.reduce((sum, each) => sum + each.runs, 0);
  const least = Math.min(...processes.map((each) => each.runs));
  if (values.includes(null)) {
    return `${metric} takes ${runsNeeded(p)} runs in each process, and one has ${least}`;
  }
  const needed = runsNeeded(p, confidenceLevel, tailSpare);
  if (runs < needed) return `a gate on ${metric} takes ${needed} runs, and there are ${runs}`;
  return values.length < tailRounds
    ? `a gate on ${metric} takes ${tailRounds} processes, and there are ${values.length}`
    : null;
}

/** What the model compared with itself says of the machine. */
export function calibrationOf(
  configuration: Configuration,
  first: readonly ProcessReport[],
  second: readonly ProcessReport[],
): Calibration {
  const one = roundValues(first, 'p50').filter((value) => value !== null);
  const two = roundValues(second, 'p50').filter((value) => value !== null);
  const estimate = pairedRatio(one, two);
  return { ...estimate, configuration, suggestedLimit: suggestedLimit(estimate) };
}

/**
 * Equal models pass where the upper end of the interval stays below the limit: it lies one half-width
 * above an estimate that in 95 % of cases is at most so much above 1.
 */
function suggestedLimit({ ratio, high, rounds }: RatioEstimate): number {
  if (high === null) return Number.POSITIVE_INFINITY;
  const freedom = rounds - 1;
  const halfWidth = Math.log(high / ratio);
  const scale =
    studentTQuantile(0.95, freedom) / studentTQuantile((1 + confidenceLevel) / 2, freedom);
  const percent = Math.expm1(halfWidth * (1 + scale)) * 100;
  // Whole percent, upwards; less than one is noise on any machine.
  return 1 + Math.max(Math.ceil(percent), 1) / 100;
}
