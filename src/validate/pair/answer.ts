import { statSync } from 'node:fs';
import { MlkitError } from '../../errors.ts';
import {
  aboveNoise,
  compareModels,
  isOrtFormat,
  mayBeRounding,
  type ParityResult,
  worstVerdict,
} from '../../parity/index.ts';
import type { TraceReport } from '../../trace/index.ts';
import type { DropVerdict } from '../accuracy/accuracy.ts';
import { judgeLabelled, type LabelScoring, scoreLabels } from '../accuracy/label-scoring.ts';
import { type Labels, readLabels } from '../accuracy/labels.ts';
import type { LabelledResult } from '../accuracy/report.ts';
import type { ValidateConfig, ValidateServices } from '../config.ts';
import { openSubject, type Subject } from '../open-subject.ts';
import { type Data, labelNote, planData, rowsOf } from '../plan-data.ts';
import { outputReasons, type ValidateReport } from '../report.ts';
import { sessionSettings } from '../session-settings.ts';
import type { Answer } from '../validate.ts';

/** Samples that are followed through the graphs. */
const tracedSamples = 2;

const untraced = 'interrupted before the trace was done';

/** Runs reference and candidate on the same inputs and compares their outputs, and their accuracy. */
export async function answerPair(
  subject: Subject,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<Answer> {
  const candidate = config.candidate ?? config.reference;
  if (config.trace) await refuseUntraceable(candidate, config);
  const labels =
    config.labels === null ? null : readLabels(config.labels, config.inputs, config.task);
  const data = await dataFor(subject, candidate, config);
  const scoring =
    labels === null ? null : scoreLabels(labels, { topK: config.topK, output: config.labelOutput });
  const compared = await compare(candidate, data, scoring, config, services);
  const parity = await aboveOwnNoise(compared, candidate, data, config, services);
  const isScored = scoring !== null && parity.samples > 0;
  const labelled = isScored ? scoring.finish() : null;
  const traced = config.trace ? await follow(candidate, data, parity, config, services) : null;
  const answer = answerOf(parity, labelled, config);
  return {
    ...answer,
    ...(traced === 'interrupted'
      ? { isComplete: false, reasons: [untraced, ...answer.reasons] }
      : traced !== null && { trace: traced }),
    candidate: { path: candidate, sizeBytes: statSync(candidate).size },
    rows: rowsOf(data.plan, parity.samples),
    inputs: data.plan.description,
    warnings: [
      ...warningsOf(parity, data, labels, labelled, config),
      ...(traced === 'interrupted' && answer.verdict === 'pass' ? [untraced] : []),
    ],
  };
}

/** A model in ORT format does not tell what its inputs are for; the other may. */
async function dataFor(subject: Subject, candidate: string, config: ValidateConfig): Promise<Data> {
  if (!subject.isOrt) return planData(subject.model, config);
  const other = await openSubject(candidate);
  try {
    return planData(hasInputsOf(other, subject) ? other.model : subject.model, config);
  } finally {
    other.close();
  }
}

function hasInputsOf(one: Subject, other: Subject): boolean {
  const names = new Set(one.model.graph.inputs.map(({ name }) => name));
  return other.model.graph.inputs.every(({ name }) => names.has(name));
}

function compare(
  candidate: string,
  { plan, feeds }: Data,
  scoring: LabelScoring | null,
  config: ValidateConfig,
  services: ValidateServices,
): Promise<ParityResult> {
  const settings = sessionSettings(config);
  const { signal, onProgress } = services;
  return compareModels({
    reference: { path: config.reference, settings },
    candidate: { path: candidate, settings },
    feeds,
    total: plan.feeds.length,
    profile: config.profile,
    overrides: config.overrides,
    match: config.match,
    castIo: config.castIo,
    classGates: plan.rows > 0,
    failures: 'report',
    ...(signal && { signal }),
    onProgress: (done, total) => onProgress?.(`sample ${done}`, done, total),
    onSample: (index, sample) => {
      const rows = plan.rowsPerFeed[index] ?? 1;
      for (const side of ['reference', 'candidate'] as const) {
        scoring?.add(side, { outputs: sample[side], keys: sample.keys[side] }, rows);
      }
    },
  });
}

/**
 * A comparison that fails is held against what the reference is from itself, optimized otherwise: some
 * models amplify rounding. Not where limits were given, nor where the same bits are expected.
 */
async function aboveOwnNoise(
  parity: ParityResult,
  candidate: string,
  { plan }: Data,
  config: ValidateConfig,
  { signal }: ValidateServices,
): Promise<ParityResult> {
  const isAsked = config.profile !== 'auto' || Object.keys(config.overrides).length > 0;
  if (isAsked || parity.profile === 'exact' || !mayBeRounding(parity)) return parity;
  const settings = sessionSettings(config);
  const otherwise = config.optimization === 'disabled' ? 'all' : 'disabled';
  // What a model in ORT format was optimized to cannot be taken back.
  const path = isOrtFormat(config.reference) ? candidate : config.reference;
  const measuring = compareModels({
    reference: { path, settings },
    candidate: { path, settings: { ...settings, optimization: otherwise } },
    feeds: plan.feeds.slice(0, parity.samples),
    profile: parity.profile,
    classGates: plan.rows > 0,
    failures: 'report',
    ...(signal && { signal }),
  });
  return measuring.then(
    (floor) => aboveNoise(parity, floor),
    (error: unknown) => {
      // What the comparison came to stands.
      if (signal?.aborted) return parity;
      throw error;
    },
  );
}

/** What a trace cannot do is told before the models run, and by the flag that asks for it. */
async function refuseUntraceable(
  candidate: string,
  { reference, extract }: ValidateConfig,
): Promise<void> {
  const { checkTrace } = await import('../../trace/index.ts');
  try {
    await checkTrace({ models: [reference, candidate], extract });
  } catch (error) {
    if (!(error instanceof MlkitError) || error.code !== 'OUTPUT_IS_INPUT') throw error;
    const hint = 'Give --extract a path of its own.';
    throw new MlkitError('OUTPUT_IS_INPUT', error.message, { hint, cause: error });
  }
}

async function follow(
  candidate: string,
  { plan }: Data,
  parity: ParityResult,
  config: ValidateConfig,
  { signal, onProgress }: ValidateServices,
): Promise<TraceReport | 'interrupted' | null> {
  if (!parity.isComplete) return null;
  const { traceModels } = await import('../../trace/index.ts');
  const settings = sessionSettings(config);
  const tracing = traceModels({
    reference: { path: config.reference, settings },
    candidate: { path: candidate, settings },
    feeds: plan.feeds,
    samples: tracedSamples,
    profile: parity.profile,
    match: config.match,
    castIo: config.castIo,
    extract: config.extract,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  return tracing.catch((error: unknown) => {
    // What the comparison came to stands.
    if (signal?.aborted) return 'interrupted';
    throw error;
  });
}

type Decision = DropVerdict & Pick<ValidateReport, 'decidedBy'>;

function answerOf(
  parity: ParityResult,
  labelled: LabelledResult | null,
  config: ValidateConfig,
): Omit<Answer, 'inputs' | 'warnings'> {
  const { samples, outputs, profile, profileReason, failure, isComplete } = parity;
  const { verdict, decidedBy, reasons } = decide(parity, labelled, config);
  return {
    verdict,
    decidedBy,
    reasons,
    profile,
    profileReason,
    samples,
    outputs,
    // Of a failure too, what is there is all there will be.
    ...(!isComplete && failure === undefined && { isComplete }),
    ...(failure !== undefined && { failure }),
    ...(labelled !== null && { accuracy: labelled }),
  };
}

/** With a limit on accuracy, the outputs decide only where limits were given for them too. */
function decide(
  parity: ParityResult,
  labelled: LabelledResult | null,
  config: ValidateConfig,
): Decision {
  const reasons = [...parity.reasons, ...outputReasons(parity.outputs)];
  const byOutputs = { verdict: parity.verdict, summary: '', reasons, warnings: [] };
  const { maxDrop } = config;
  if (labelled === null || maxDrop === null || !parity.isComplete) {
    return { ...byOutputs, decidedBy: ['outputs'] };
  }
  const drop = judgeLabelled(labelled, maxDrop);
  if (!hasOutputGates(config)) return { ...drop, decidedBy: ['accuracy'] };
  return {
    verdict: worstVerdict([parity.verdict, drop.verdict]),
    decidedBy: ['outputs', 'accuracy'],
    summary: drop.summary,
    reasons: [...reasons, ...drop.reasons],
    warnings: drop.warnings,
  };
}

function hasOutputGates({ profile, overrides }: ValidateConfig): boolean {
  return profile !== 'auto' || Object.keys(overrides).length > 0;
}

function warningsOf(
  parity: ParityResult,
  data: Data,
  labels: Labels | null,
  labelled: LabelledResult | null,
  config: ValidateConfig,
): string[] {
  return [
    ...data.notes(parity),
    ...labelNote(data.plan, labels, config),
    ...parity.warnings,
    ...(labelled?.warnings ?? []),
    ...decide(parity, labelled, config).warnings,
  ];
}
