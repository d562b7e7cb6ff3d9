import { statSync } from 'node:fs';
import { MlkitError } from '../errors.ts';
import { type FeedPlan, planFeeds } from '../feeds/index.ts';
import { openModel } from '../onnx/index.ts';
import { openRunnable, type ParityResult, worstVerdict } from '../parity/index.ts';
import { toolInfo } from '../report/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { accuracyOf, type DropVerdict, judgeDrop } from './accuracy.ts';
import type { ValidateConfig, ValidateServices } from './config.ts';
import { readLabels } from './labels.ts';
import { refuseIdleLimits } from './refuse-idle-limits.ts';
import type { Accuracy, ValidateReport } from './report.ts';
import { Scorer } from './score.ts';
import { sessionSettings } from './session-settings.ts';
import { validateGolden } from './validate-golden.ts';
import { validatePair } from './validate-pair.ts';

/** Random samples where nobody says how many. */
const defaultSamples = 8;

/** Where nobody says how many, no further random sample is begun after this time. */
const patienceMs = 10_000;

type Services = ValidateServices;
/** What is the same in every report. */
type Base = Pick<ValidateReport, 'schema' | 'kind' | 'tool' | 'model' | 'config'>;

/**
 * Answers whether two models compute the same, whether a model gives what was recorded, or how often
 * models are right, by what the config names. Models run in processes of their own.
 *
 * @throws MlkitError USAGE when the config asks for nothing or for too much, and whatever reading,
 *   loading and running the models and their data comes to.
 */
export async function validate(
  config: ValidateConfig,
  services: Services = {},
): Promise<ValidateReport> {
  checkConfig(config);
  const open = openModel(config.reference);
  try {
    refuseIdleLimits(
      config,
      open.model.graph.outputs.map((value) => value.name),
    );
    const base: Base = {
      schema: 1,
      kind: 'validate',
      tool: toolInfo(),
      model: { path: config.reference, sizeBytes: open.sizeBytes },
      config: configJson(config),
    };
    if (config.golden !== null) {
      const outcome = await validateGolden(open.model, config.golden, config, services);
      return { ...base, ...outcome, decidedBy: ['outputs'], reasons: reasonsOf(outcome.outputs) };
    }
    const labels = config.labels === null ? null : readLabels(config.labels, config.inputs);
    const plan = feedsFor(open.model, config);
    if (config.candidate !== null) {
      return await pairReport(base, config.candidate, { plan, labels }, config, services);
    }
    return await accuracyReport(base, { plan, labels: labels ?? [] }, config, services);
  } finally {
    open.close();
  }
}

function checkConfig({ candidate, golden, labels, inputs, maxDropPct }: ValidateConfig): void {
  if (golden !== null && (candidate !== null || labels !== null || inputs.length > 0)) {
    const other = candidate !== null ? 'a candidate' : labels !== null ? '--labels' : '--inputs';
    throw new MlkitError(
      'USAGE',
      `--golden compares with what was recorded, so ${other} has no part in it`,
    );
  }
  if (golden === null && candidate === null && labels === null) {
    throw new MlkitError('USAGE', 'there is nothing to compare the model with', {
      hint: 'Give a second model, --golden DIR, or --inputs eval.npz --labels NAME.',
    });
  }
  if (labels !== null && inputs.length === 0) {
    throw new MlkitError('USAGE', '--labels needs the data that it labels', {
      hint: 'Give --inputs eval.npz as well.',
    });
  }
  if (maxDropPct !== null && (candidate === null || labels === null)) {
    throw new MlkitError('USAGE', '--max-drop needs two models and --labels');
  }
}

/** The feeds of the reference; the candidate gets the same. */
function feedsFor(model: Parameters<typeof planFeeds>[0], config: ValidateConfig): FeedPlan {
  const { inputs, seed, dims, shapes, samples } = config;
  const plan = planFeeds(model, {
    inputs,
    seed,
    dims,
    shapes,
    ...(inputs.length === 0 && { samples: samples ?? defaultSamples }),
  });
  if (samples === null || plan.feeds.length <= samples) return plan;
  const rowsPerFeed = plan.rowsPerFeed.slice(0, samples);
  const rows = rowsPerFeed.reduce((sum, each) => sum + each, 0);
  return { ...plan, feeds: plan.feeds.slice(0, samples), rowsPerFeed, rows };
}

interface Data {
  readonly plan: FeedPlan;
  readonly labels: readonly string[] | null;
}

async function pairReport(
  base: Base,
  candidate: string,
  { plan, labels }: Data,
  config: ValidateConfig,
  services: Services,
): Promise<ValidateReport> {
  const isOpenEnded = config.samples === null && config.inputs.length === 0;
  const feeds = isOpenEnded ? patiently(plan.feeds) : plan.feeds;
  const data = { ...plan, feeds, total: plan.feeds.length };
  const { parity, scorers } = await validatePair(candidate, data, labels, config, services);
  const accuracy = scorers === null ? null : accuracyOf(scorers.reference, scorers.candidate);
  const { samples, outputs, profile, profileReason } = parity;
  const decision = decide(parity, accuracy, config);
  return {
    ...base,
    candidate: { path: candidate, sizeBytes: statSync(candidate).size },
    verdict: decision.verdict,
    decidedBy: decision.decidedBy,
    reasons: decision.reasons,
    profile,
    profileReason,
    samples,
    rows: plan.rows,
    outputs,
    inputs: plan.description,
    ...(accuracy !== null && { accuracy }),
    warnings: [
      ...notesOf(plan, config, accuracy),
      ...labelWarning(plan, labels, config),
      ...randomWarning(plan, profile),
      ...patienceWarning(samples, plan.feeds.length),
      ...parity.warnings,
      ...decision.warnings,
    ],
  };
}

type Decision = DropVerdict & Pick<ValidateReport, 'decidedBy'>;

/** With a limit on accuracy, the outputs decide only where limits were given for them too. */
function decide(
  { verdict, outputs }: ParityResult,
  accuracy: Accuracy | null,
  config: ValidateConfig,
): Decision {
  const byOutputs = { verdict, reasons: reasonsOf(outputs), warnings: [] };
  if (accuracy === null || config.maxDropPct === null) {
    return { ...byOutputs, decidedBy: ['outputs'] };
  }
  const drop = judgeDrop(accuracy, config.maxDropPct);
  if (!hasOutputGates(config)) return { ...drop, decidedBy: ['accuracy'] };
  return {
    verdict: worstVerdict([verdict, drop.verdict]),
    decidedBy: ['outputs', 'accuracy'],
    reasons: [...byOutputs.reasons, ...drop.reasons],
    warnings: drop.warnings,
  };
}

async function accuracyReport(
  base: Base,
  { plan, labels }: Data,
  config: ValidateConfig,
  services: Services,
): Promise<ValidateReport> {
  const scorer = new Scorer(labels ?? []);
  const session = await openRunnable(config.reference, sessionSettings(config, services));
  try {
    for (const [at, feeds] of plan.feeds.entries()) {
      scorer.add(await session.run(feeds), plan.rowsPerFeed[at] ?? 1);
      services.onProgress?.(at + 1, plan.feeds.length);
    }
  } finally {
    await session.close();
  }
  const accuracy = accuracyOf(scorer, null);
  return {
    ...base,
    decidedBy: [],
    reasons: [],
    samples: plan.feeds.length,
    rows: plan.rows,
    inputs: plan.description,
    accuracy,
    warnings: [...notesOf(plan, config, accuracy), ...labelWarning(plan, labels, config)],
  };
}

/** Labels beyond the rows are suspicious, unless rows were left out on purpose. */
function labelWarning(
  { rows }: FeedPlan,
  labels: readonly string[] | null,
  { samples }: ValidateConfig,
): string[] {
  if (labels === null || samples !== null || labels.length === rows) return [];
  return [`there are ${labels.length} labels for ${rows} rows; the first ${rows} are used`];
}

function hasOutputGates({ profile, overrides }: ValidateConfig): boolean {
  return profile !== 'auto' || Object.keys(overrides).length > 0;
}

function reasonsOf(outputs: NonNullable<ValidateReport['outputs']>): string[] {
  return outputs.flatMap(({ name, reasons }) =>
    reasons.map((reason) => `output "${name}": ${reason}`),
  );
}

/** The notes on the inputs; that the labels feed no input is as it should be. */
function notesOf(plan: FeedPlan, { labels }: ValidateConfig, accuracy: Accuracy | null): string[] {
  if (accuracy === null) return [...plan.notes];
  return plan.notes.filter((note) => note !== `not used, because no input has the name: ${labels}`);
}

/** The feeds until time is up, and at least one. */
function* patiently(feeds: readonly Feeds[]): Iterable<Feeds> {
  const end = performance.now() + patienceMs;
  for (const [at, feed] of feeds.entries()) {
    if (at > 0 && performance.now() > end) return;
    yield feed;
  }
}

function patienceWarning(samples: number, planned: number): string[] {
  if (samples >= planned) return [];
  return [
    `${samples} of ${planned} random samples were run within ${patienceMs / 1000} s; --samples ${planned} runs all`,
  ];
}

function randomWarning({ rows, feeds }: FeedPlan, profile: string): string[] {
  const isQuantized = profile === 'int8' || profile === 'int4';
  if (!isQuantized || rows > 0 || (feeds[0]?.size ?? 0) === 0) return [];
  return [
    'the inputs are random, and quantization errs otherwise on real data: give some with --inputs. Top-1 agreement and divergence are shown and do not decide',
  ];
}

function configJson(config: ValidateConfig): Readonly<Record<string, unknown>> {
  const { reference: _, ...rest } = config;
  return {
    ...rest,
    dims: Object.fromEntries(config.dims),
    shapes: Object.fromEntries(config.shapes),
  };
}
