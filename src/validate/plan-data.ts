import { type FeedPlan, planFeeds } from '../feeds/index.ts';
import type { Model } from '../graph/index.ts';
import type { Feeds } from '../runtime/index.ts';
import type { Labels } from './accuracy/labels.ts';
import type { ValidateConfig } from './config.ts';

/** Random samples where nobody says how many. */
const defaultSamples = 8;

/** Where nobody says how many, no further random sample is begun after this time. */
const patienceMs = 10_000;

/** What models are run with. */
export interface Data {
  readonly plan: FeedPlan;
  /** The feeds, until time is up where nobody has said how many. */
  readonly feeds: Iterable<Feeds>;
  /** What there is to say when all is done: what was not used, and what the data cannot tell. */
  notes(outcome: {
    readonly samples: number;
    readonly profile?: string;
    readonly isComplete?: boolean;
  }): string[];
}

/**
 * Decides what the models are run with: the inputs of the reference.
 *
 * @throws MlkitError as `planFeeds` does.
 */
export function planData(model: Model, config: ValidateConfig): Data {
  const plan = planOf(model, config);
  const isOpenEnded = config.samples === null && config.inputs.length === 0;
  return {
    plan,
    feeds: isOpenEnded ? patiently(plan.feeds) : plan.feeds,
    notes: ({ samples, profile, isComplete = true }) => [
      // That the labels feed no input is as it should be.
      ...plan.notes.filter((note) => note !== unusedNote(config.labels)),
      ...randomNote(plan, profile),
      ...(isOpenEnded && isComplete ? patienceNote(samples, plan.feeds.length) : []),
    ],
  };
}

function planOf(model: Model, config: ValidateConfig): FeedPlan {
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
  const rows = rowsOf(plan, samples);
  return { ...plan, feeds: plan.feeds.slice(0, samples), rowsPerFeed, rows };
}

/** Rows of real data in the first samples. */
export function rowsOf({ rowsPerFeed }: FeedPlan, samples: number): number {
  return rowsPerFeed.slice(0, samples).reduce((sum, each) => sum + each, 0);
}

function unusedNote(labels: string | null): string | null {
  return labels === null ? null : `not used, because no input has the name: ${labels}`;
}

/** The feeds until time is up, and at least one. */
function* patiently(feeds: readonly Feeds[]): Iterable<Feeds> {
  const end = performance.now() + patienceMs;
  for (const [at, feed] of feeds.entries()) {
    if (at > 0 && performance.now() > end) return;
    yield feed;
  }
}

function patienceNote(samples: number, planned: number): string[] {
  if (samples >= planned) return [];
  return [
    `${samples} of ${planned} random samples were run within ${patienceMs / 1000} s; --samples ${planned} runs all`,
  ];
}

function randomNote({ rows, feeds }: FeedPlan, profile: string | undefined): string[] {
  const isQuantized = profile === 'int8' || profile === 'int4';
  if (!isQuantized || rows > 0 || (feeds[0]?.size ?? 0) === 0) return [];
  return [
    'the inputs are random, and quantization errs otherwise on real data: give some with --inputs. Top-1 agreement and divergence are shown and do not decide',
  ];
}

/** Labels beyond the rows are suspicious, unless rows were left out on purpose. */
export function labelNote(
  { rows }: FeedPlan,
  labels: Labels | null,
  { samples }: ValidateConfig,
): string[] {
  if (labels === null || samples !== null || labels.rows === rows) return [];
  return [`there are ${labels.rows} labels for ${rows} rows; the first ${rows} are used`];
}
