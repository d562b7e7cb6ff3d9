import { MlkitError } from '../errors.ts';
import { type FeedPlan, type FeedSpec, planFeeds } from '../feeds/index.ts';
import { type Dimension, formatShape, formatType, type Model, type Value } from '../graph/index.ts';
import type { Feeds } from '../runtime/index.ts';
import { isTensor, memoryStorage, Tensor, tensorsOfValue } from '../tensor/index.ts';
import type { BenchmarkConfig } from './config.ts';

/** The inputs of one batch size. */
export interface BatchData {
  readonly batch: number;
  /** Run in turns; all of the same shapes. */
  readonly feeds: readonly Feeds[];
  /** Of the first feed. */
  readonly inputs: readonly FeedSpec[];
  /** What the user should know of the data. */
  readonly notes: readonly string[];
}

/** Different random inputs that are run in turns, as a model's time may depend on its data. */
const samples = 4;
/** Larger inputs get one sample only: they have to be made, sent, and held in memory. */
const largeFeedBytes = 4 * 2 ** 20;
/** Of all feeds together, as they are held in memory twice; more are left out. */
const mostBytes = 256 * 2 ** 20;

/**
 * The inputs for each batch size that is asked for.
 *
 * @throws MlkitError MODEL_UNSUPPORTED where the model has another fixed batch, and as `planFeeds`.
 */
export function planData(model: Model, config: BenchmarkConfig): BatchData[] {
  const batches = config.batches === null ? [null] : [...new Set(config.batches)];
  for (const batch of batches) if (batch !== null) checkBatch(model, batch, config);
  return batches.map((batch) => dataOf(model, batch, config));
}

function dataOf(model: Model, batch: number | null, config: BenchmarkConfig): BatchData {
  const { inputs, seed, dims, shapes } = config;
  // Files of many rows are run row by row where the model allows it.
  const rows = batch ?? (inputs.length > 0 && fixedBatch(model) === null ? 1 : undefined);
  const settings = {
    inputs,
    seed,
    dims,
    shapes,
    // Models are measured as they are, and a session takes no sequences.
    tensorsOnly: true,
    ...(rows !== undefined && { batch: rows }),
  };
  let plan = planFeeds(model, settings);
  if (inputs.length === 0 && bytesOf(plan.feeds[0] ?? new Map()) <= largeFeedBytes) {
    plan = planFeeds(model, { ...settings, samples });
  }
  const found = plan.rowsPerFeed[0] ?? batchOf(model, plan.feeds[0] ?? new Map());
  if (batch !== null && found !== batch) throw otherBatch(plan, batch, config);
  const feeds = usableFeeds(plan).map(inMemory);
  const left = plan.feeds.length - feeds.length;
  const notes =
    left === 0
      ? plan.notes
      : [
          ...plan.notes,
          `${left} of ${plan.feeds.length} batches of the data are left out: smaller than the first, or too large together`,
        ];
  return { batch: found, feeds, inputs: plan.description, notes };
}

/** Feeds with as many rows as the first (the last one of a file may have fewer), as many as fit. */
function usableFeeds({ feeds, rowsPerFeed }: FeedPlan): readonly Feeds[] {
  let bytes = 0;
  return feeds.filter((feed, index) => {
    if (rowsPerFeed[index] !== rowsPerFeed[0]) return false;
    bytes += bytesOf(feed);
    return index === 0 || bytes <= mostBytes;
  });
}

/** What is made when it is read would be made again for every process. */
function inMemory(feed: Feeds): Feeds {
  return new Map(
    [...feed].map(([name, value]) => {
      if (!isTensor(value) || value.dtype === 'string') return [name, value];
      const { dtype, dims, storage } = value;
      return [name, new Tensor({ name, dtype, dims, storage: memoryStorage(storage.bytes()) })];
    }),
  );
}

/**
 * Samples in a feed: the first size of all inputs of rank 2 and above where they agree, else of those
 * that leave it open where these do, else 1 (nothing says what a sample is).
 */
function batchOf(model: Model, feed: Feeds): number {
  const inputs = firstDimensions(model).flatMap(({ value, size }) => {
    const given = feed.get(value.name);
    const dims = isTensor(given) ? given.dims : [];
    return dims[0] === undefined || dims.length < 2
      ? []
      : [{ isOpen: typeof size !== 'number', size: dims[0] }];
  });
  const common = (sizes: readonly number[]): number | null => {
    const [first] = sizes;
    return first !== undefined && sizes.every((size) => size === first) ? first : null;
  };
  const open = inputs.filter(({ isOpen }) => isOpen);
  return common(inputs.map(({ size }) => size)) ?? common(open.map(({ size }) => size)) ?? 1;
}

function otherBatch({ description }: FeedPlan, batch: number, config: BenchmarkConfig): MlkitError {
  const list = description.map(({ name, shape }) => `"${name}" ${formatShape(shape)}`).join(', ');
  return new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot run ${config.modelPath} with a batch of ${batch}: its inputs come out as ${list}`,
    {
      hint: 'Set the sizes yourself: leave out --batch, and give --dim NAME=N or --shape INPUT=….',
    },
  );
}

function bytesOf(feed: Feeds): number {
  return [...feed.values()]
    .flatMap(tensorsOfValue)
    .reduce((sum, tensor) => sum + tensor.byteLength, 0);
}

/** The size that the first dimension of every input is fixed at; null where one is open. */
function fixedBatch(model: Model): number | null {
  const sizes = firstDimensions(model).map(({ size }) => size);
  const [first] = sizes;
  return typeof first === 'number' && sizes.every((size) => size === first) ? first : null;
}

function checkBatch(model: Model, batch: number, config: BenchmarkConfig): void {
  const inputs = firstDimensions(model);
  if (inputs.some(({ size }) => typeof size !== 'number')) return;
  const fixed = fixedBatch(model);
  if (fixed === batch) return;
  const list = model.graph.inputs
    .filter(isFed)
    .map((value) => `"${value.name}" ${formatType(value.type)}`)
    .join(', ');
  const what =
    fixed === null
      ? `it has no batch that could be set: its inputs are ${list || 'none'}`
      : `it has a fixed batch of ${fixed} (${list})`;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot run ${config.modelPath} with a batch of ${batch}: ${what}`,
    {
      hint:
        inputs.length === 0
          ? 'Leave out --batch.'
          : 'Leave out --batch, or export the model with a dynamic batch.',
    },
  );
}

/** Of the inputs that have one. A negative size is a way to write that it is open. */
function firstDimensions(model: Model): { value: Value; size: Dimension }[] {
  return model.graph.inputs.filter(isFed).flatMap((value) => {
    const shape = value.type?.kind === 'tensor' ? value.type.shape : null;
    // Of unknown rank: the batch may be what it wants.
    if (shape === null) return [{ value, size: null }];
    const [size] = shape;
    if (size === undefined) return [];
    return [{ value, size: typeof size === 'number' && size < 0 ? null : size }];
  });
}

/** Not those that the model has a constant for. */
function isFed(value: Value): boolean {
  return value.initializer === null && value.sparseInitializer === null;
}
