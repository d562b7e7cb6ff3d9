import { MlkitError } from '../errors.ts';
import { type FeedPlan, planFeeds } from '../feeds/index.ts';
import type { Model } from '../graph/index.ts';
import { type CompareSettings, compareInterleaved } from '../measure/index.ts';
import { compareModels, type OutputParity, type ToleranceOverrides } from '../parity/index.ts';
import type { Verdict } from '../report/index.ts';
import { openSession, type SessionSettings } from '../runtime/index.ts';
import { dataTypes } from '../tensor/index.ts';
import type { QuantizeConfig } from './config.ts';
import type { LatencyReport, VerificationReport } from './report.ts';

export interface VerifyRequest {
  /** Path of the float model. */
  readonly original: string;
  /** Path of the quantized one. */
  readonly result: string;
  readonly model: Model;
  readonly feeds: FeedPlan;
  readonly config: QuantizeConfig;
  /** How speed is measured; default: a few seconds. */
  readonly timing?: CompareSettings;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number | null) => void;
}

export interface Verified {
  readonly verification: VerificationReport;
  readonly latency: LatencyReport | null;
}

/** Random inputs of different values that the models are compared on. */
const randomSamples = 4;

/** Past this, a run is taken for one that does not end. */
const runTimeoutMs = 120_000;

/**
 * What the models will be run on.
 *
 * @returns The reason where nobody can make up inputs for the model.
 * @throws MlkitError for flags and files that do not fit the model.
 */
export function planVerification(model: Model, config: QuantizeConfig): FeedPlan | string {
  const { inputs, seed, dims, shapes } = config;
  try {
    const samples = inputs.length === 0 ? { samples: randomSamples } : {};
    return planFeeds(model, { inputs, seed, dims, shapes, ...samples });
  } catch (error) {
    if (inputs.length > 0) throw error;
    return unsuitable(error).message;
  }
}

/**
 * Runs the float model and the quantized one on the same inputs, compares their outputs by the gates
 * of the int8 profile, and measures what a run takes, unless nobody will use the result.
 *
 * @throws MlkitError INTERRUPTED, and PROVIDER_UNAVAILABLE; that a model cannot be run is a verdict.
 */
export async function verifyQuantized(request: VerifyRequest): Promise<Verified> {
  const verification = await compare(request);
  const isPossible = verification.outputs.length > 0;
  const isWanted = verification.verdict !== 'fail' || request.config.force;
  return { verification, latency: isPossible && isWanted ? await measure(request) : null };
}

function settingsOf({ config, signal }: VerifyRequest): SessionSettings {
  return {
    provider: config.provider,
    runTimeoutMs,
    ...(config.threads !== null && { threads: config.threads }),
    ...(signal !== undefined && { signal }),
  };
}

async function compare(request: VerifyRequest): Promise<VerificationReport> {
  const { original, result, feeds: plan, signal, onProgress } = request;
  const settings = settingsOf(request);
  try {
    const compared = await compareModels({
      reference: { path: original, settings },
      candidate: { path: result, settings },
      feeds: plan.feeds,
      profile: 'int8',
      overrides: overridesOf(request),
      ...(signal !== undefined && { signal }),
      ...(onProgress !== undefined && { onProgress }),
    });
    return reportOf(compared.outputs, compared.warnings, plan);
  } catch (error) {
    return blame(request, unsuitable(error));
  }
}

/**
 * The user's gate, and for random inputs no gates on classes: which of two random classes is ahead on
 * noise says nothing about the model.
 */
function overridesOf({ config, model, feeds }: VerifyRequest): ToleranceOverrides {
  const { minSqnrDb } = config;
  const minimum = minSqnrDb === null ? {} : { minSqnrDb: [{ output: '*', value: minSqnrDb }] };
  if (feeds.rows > 0) return minimum;
  const floats = model.graph.outputs.filter(({ type }) => isFloat(type)).map(({ name }) => name);
  return {
    ...minimum,
    minTop1: floats.map((output) => ({ output, value: 0 })),
    maxKl: floats.map((output) => ({ output, value: Number.POSITIVE_INFINITY })),
  };
}

function isFloat(type: Model['graph']['outputs'][number]['type']): boolean {
  return (
    type?.kind === 'tensor' &&
    type.elementType !== null &&
    dataTypes[type.elementType].kind === 'float'
  );
}

function reportOf(
  outputs: readonly OutputParity[],
  warnings: readonly string[],
  plan: FeedPlan,
): VerificationReport {
  const isRandom = plan.rows === 0;
  const failed = outputs.filter((each) => each.verdict === 'fail');
  const decided = outputs.filter((each) => each.verdict === 'pass');
  // Integers that come of noise may change with the last bit of it.
  const isOnlyNoise = isRandom && failed.length > 0 && failed.every(isCount);
  const verdict: Verdict =
    failed.length > 0
      ? isOnlyNoise
        ? 'inconclusive'
        : 'fail'
      : outputs.length > 0 && decided.length === outputs.length
        ? 'pass'
        : 'inconclusive';
  const worst = outputs.find((each) => each.verdict !== 'pass' && each.reasons.length > 0);
  const advice = isOnlyNoise
    ? ' (on random inputs that says little: give real ones with --inputs)'
    : '';
  const problem = worst === undefined ? '' : `output "${worst.name}": ${worst.reasons.join('; ')}`;
  const reason =
    verdict === 'pass'
      ? 'every output passes its gates'
      : `${problem || warnings.join('; ')}${advice}`;
  return {
    verdict,
    reason,
    profile: 'int8',
    samples: plan.rows > 0 ? plan.rows : plan.feeds.length,
    inputs: plan.description,
    outputs,
    notes: [...plan.notes, ...warnings],
  };
}

function isCount({ dtype }: OutputParity): boolean {
  return dtype !== null && !/^(b?float|complex)/.test(dtype);
}

/** One of the two could not be run: the result's fault only if the original can be. */
async function blame(request: VerifyRequest, error: MlkitError): Promise<VerificationReport> {
  if (error.code === 'RUNTIME_TIMEOUT') return undecided(error.message);
  try {
    await runOnce(request.original, request);
  } catch (other) {
    return undecided(`the original cannot be run: ${unsuitable(other).message}`);
  }
  try {
    await runOnce(request.result, request);
  } catch (other) {
    const reason = `the result cannot be run: ${unsuitable(other).message}`;
    return { verdict: 'fail', reason, outputs: [], notes: [] };
  }
  return undecided(error.message);
}

async function runOnce(path: string, request: VerifyRequest): Promise<void> {
  const session = await openSession(path, settingsOf(request));
  try {
    for (const feeds of request.feeds.feeds.slice(0, 1)) await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** A verification that could not be done. */
export function undecided(reason: string): VerificationReport {
  return { verdict: 'inconclusive', reason, outputs: [], notes: [] };
}

/** Errors that are the user's to mend, whatever the model is like. */
const usersErrors: ReadonlySet<string> = new Set([
  'USAGE',
  'INTERRUPTED',
  'PROVIDER_UNAVAILABLE',
  'FILE_NOT_FOUND',
]);

/** An error that says something of the models; anything else is thrown on. */
function unsuitable(error: unknown): MlkitError {
  if (error instanceof MlkitError && !usersErrors.has(error.code)) return error;
  throw error;
}

/**
 * Pairs of fresh processes: enough to see that a model became twice as fast or as slow, in a few
 * seconds. For more there is `mlkit benchmark`.
 */
const timing: CompareSettings = {
  rounds: 3,
  warmup: { ms: 150 },
  durationMs: 200,
  maxMs: 1500,
  maxTotalMs: 10_000,
};

async function measure(request: VerifyRequest): Promise<LatencyReport | null> {
  const { original, result, config } = request;
  const settings = settingsOf(request);
  const feeds = request.feeds.feeds.slice(0, randomSamples);
  try {
    const compared = await compareInterleaved(
      { path: original, feeds, settings },
      { path: result, feeds, settings },
      { ...(request.timing ?? timing), seed: config.seed },
    );
    const { beforeP50Ms, afterP50Ms, ratio, low, high, rounds } = compared;
    return { beforeP50Ms, afterP50Ms, ratio, low, high, rounds };
  } catch (error) {
    // The comparison of the outputs stands all the same.
    unsuitable(error);
    return null;
  }
}
