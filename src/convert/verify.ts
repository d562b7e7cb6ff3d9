import { MlkitError } from '../errors.ts';
import { planFeeds } from '../feeds/index.ts';
import type { Model } from '../graph/index.ts';
import { openModel } from '../onnx/index.ts';
import { compareModels, type OutputParity } from '../parity/index.ts';
import type { Verdict } from '../report/index.ts';
import type { Feeds, SessionSettings } from '../runtime/index.ts';
import { compareWithOrt } from './compare-with-ort.ts';
import type { ConvertConfig } from './config.ts';
import type { VerificationReport } from './report.ts';
import { ortOptimization } from './write-output.ts';

export interface VerifyRequest {
  /** The original. */
  readonly reference: string;
  /** The result, ONNX or ORT format. */
  readonly candidate: string;
  /** The result as it is in memory; inputs are made for it. */
  readonly model: Model;
  readonly config: ConvertConfig;
  readonly signal?: AbortSignal;
}

/** What comparing two models came to, whoever did it. */
export interface Comparison {
  readonly verdict: Verdict;
  readonly profile: string;
  readonly samples: number;
  readonly outputs: readonly OutputParity[];
  readonly warnings: readonly string[];
}

/** Past this, a run on made-up inputs is taken for one that does not end. */
const runTimeoutMs = 60_000;

/**
 * Runs original and result on the same seeded inputs. The graph is the same but for names and known
 * shapes, so that without optimizations the results must have the same bits; only for the ORT
 * format, which the runtime has optimized, they may differ in the last places.
 *
 * @throws MlkitError INTERRUPTED; what cannot be run is a verdict.
 */
export async function verifyByRunning(request: VerifyRequest): Promise<VerificationReport> {
  let comparison: Comparison;
  try {
    comparison = await compare(request, request.candidate);
  } catch (error) {
    return blame(request, expected(error));
  }
  if (comparison.verdict === 'fail' && !(await isRepeatable(request))) {
    const reason = 'the original itself gives other results when it runs again';
    return { ...reportOf(comparison), verdict: 'inconclusive', reason };
  }
  return reportOf(comparison);
}

async function compare(request: VerifyRequest, candidate: string): Promise<Comparison> {
  const { reference, config, model, signal } = request;
  const isOrt = config.to === 'ort';
  const settings: SessionSettings = {
    optimization: isOrt ? ortOptimization : 'disabled',
    runTimeoutMs,
    ...(signal !== undefined && { signal }),
  };
  const { feeds: made } = planFeeds(model, { seed: config.seed });
  const feeds = made.map((feed) => withOldNames(feed, config.rename));
  const isItself = candidate === reference;
  if (isOrt && !isItself) {
    return compareWithOrt({ reference, candidate, feeds, settings, newNames: config.rename });
  }
  return compareModels({
    reference: { path: reference, settings },
    candidate: { path: candidate, settings },
    feeds,
    profile: 'exact',
    match: config.rename.size > 0 && !isItself ? 'position' : 'name',
    ...(signal !== undefined && { signal }),
  });
}

function withOldNames(feeds: Feeds, rename: ReadonlyMap<string, string>): Feeds {
  const oldNames = new Map([...rename].map(([from, to]) => [to, from]));
  return new Map([...feeds].map(([name, tensor]) => [oldNames.get(name) ?? name, tensor]));
}

async function isRepeatable(request: VerifyRequest): Promise<boolean> {
  try {
    return (await compare(request, request.reference)).verdict === 'pass';
  } catch (error) {
    expected(error);
    return false;
  }
}

/**
 * Something could not be run: the result's fault only if the original can be, and the fault of the
 * sizes asked for if the original can be with others.
 */
async function blame(request: VerifyRequest, error: MlkitError): Promise<VerificationReport> {
  if (error.code === 'RUNTIME_TIMEOUT') return { verdict: 'inconclusive', reason: error.message };
  const problem = await problemOfOriginal(request, request.model);
  if (problem === null) {
    return { verdict: 'fail', reason: `the result cannot be run: ${error.message}` };
  }
  const { dims, shapes } = request.config;
  const isSized = dims.size + shapes.size > 0 && problem.code === 'RUNTIME_RUN';
  if (isSized && (await runsInOtherSizes(request))) {
    const reason = `the model runs, but not in the sizes asked for: ${problem.message}`;
    return { verdict: 'fail', reason };
  }
  return { verdict: 'inconclusive', reason: `the original cannot be run: ${problem.message}` };
}

/** Why the original cannot be run on inputs made for `model`; null: it can be. */
async function problemOfOriginal(request: VerifyRequest, model: Model): Promise<MlkitError | null> {
  try {
    await compare({ ...request, model }, request.reference);
    return null;
  } catch (error) {
    return expected(error);
  }
}

async function runsInOtherSizes(request: VerifyRequest): Promise<boolean> {
  const original = openModel(request.reference);
  try {
    const config: ConvertConfig = { ...request.config, rename: new Map() };
    return (await problemOfOriginal({ ...request, config }, original.model)) === null;
  } finally {
    original.close();
  }
}

/** An error that says something of the models; anything else is thrown on. */
function expected(error: unknown): MlkitError {
  if (error instanceof MlkitError && error.code !== 'INTERRUPTED') return error;
  throw error;
}

function reportOf(comparison: Comparison): VerificationReport {
  const { verdict, profile, samples, outputs, warnings } = comparison;
  const worst = outputs.find((each) => each.verdict === verdict);
  const problem = worst === undefined ? '' : `"${worst.name}": ${worst.reasons.join('; ')}`;
  const count = outputs.length === 1 ? 'the output is' : `all ${outputs.length} outputs are`;
  const how = profile === 'exact' ? 'bit for bit' : `within the tolerance of ${profile}`;
  const reason =
    verdict === 'pass' ? `${count} the same ${how}` : problem || warnings.join('; ') || verdict;
  return { verdict, reason, profile, samples, outputs };
}
