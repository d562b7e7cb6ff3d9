import { MlkitError } from '../errors.ts';
import { formatShape } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { dimensionRole } from './dimension-names.ts';
import { describeInput, type ModelInput } from './inputs.ts';
import type { MatchedArray } from './match-inputs.ts';
import { sliceTensor } from './slice.ts';

/** Arrays cut into feeds. */
export interface SplitRows {
  readonly feeds: readonly ReadonlyMap<string, Tensor>[];
  /** Rows in each feed. */
  readonly rowsPerFeed: readonly number[];
  readonly notes: readonly string[];
}

/** How many rows go into one feed when neither the model nor the user says. */
const defaultBatch = 64;

/**
 * How an array meets its input.
 * - `whole`: it has the input's shape and goes into every feed as it is;
 * - `rows`: its first axis holds rows, of which the input takes `take` at a time (null: any number);
 * - `stacked`: it has one axis more, and each of its entries is what the input takes.
 */
type Layout =
  | { readonly kind: 'whole' }
  | { readonly kind: 'rows'; readonly take: number | null }
  | { readonly kind: 'stacked' };

/**
 * Cuts arrays of many rows into feeds. Nothing is padded and no row is used twice:
 * - where the model's first dimension is symbolic, a feed takes `batch` rows (default: all, at most
 *   64) and the last feed what is left;
 * - where it is fixed at k, a feed takes k rows, and rows left over are dropped, which is noted;
 * - an array that fits its input as it is (a state, a sampling rate) goes into every feed, unless it
 *   has the batch on another axis: then it is cut along that one.
 *
 * @throws MlkitError INPUT_DATA when an array does not fit its input or two have different numbers of
 *   rows, USAGE when `batch` is not what the model takes.
 */
export function splitRows(arrays: readonly MatchedArray[], batch: number | undefined): SplitRows {
  const layouts = new Map(arrays.map((array) => [array, layoutOf(array)]));
  const cut = arrays.filter((array) => layouts.get(array)?.kind !== 'whole');
  const [first] = cut;
  if (first === undefined) return wholeFeed(arrays);
  const exact = exactTake(layouts);
  if (exact === null && areUnrelated(cut) && batch === undefined) return wholeFeed(arrays);
  const total = commonRows(cut, first);
  if (exact !== null && batch !== undefined && batch !== exact)
    throw otherBatch('USAGE', batch, exact);
  const take = exact ?? Math.max(1, Math.min(total, batch ?? defaultBatch));
  if (exact !== null && total < exact) {
    throw new MlkitError(
      'INPUT_DATA',
      `the model takes ${exact} rows at a time and ${first.source} has ${total}`,
      { hint: 'Give more rows, or a model with a smaller or symbolic batch.' },
    );
  }
  const used = exact === null ? total : total - (total % exact);
  const symbol = cut.map(({ input }) => input.dims?.[0]).find((size) => typeof size === 'string');
  const starts = Array.from({ length: Math.max(1, Math.ceil(used / take)) }, (_, at) => at * take);
  const rowsPerFeed = starts.map((start) => Math.min(take, used - start));
  const feeds = starts.map((start, at) => {
    const end = start + (rowsPerFeed[at] ?? 0);
    return new Map(
      arrays.map((array) => {
        const axis = cutAxis(array, layouts.get(array), symbol, total);
        const dropAxis = layouts.get(array)?.kind === 'stacked';
        const { tensor } = array;
        return [
          array.input.name,
          axis < 0 ? tensor : sliceTensor(tensor, axis, start, end, { dropAxis }),
        ];
      }),
    );
  });
  const left = `the last ${total - used} of ${total} rows are not used: the model takes ${take} at a time`;
  const notes = feeds.flatMap((feed) => symbolNotes(feed, arrays));
  return { feeds, rowsPerFeed, notes: [...new Set(used < total ? [left, ...notes] : notes)] };
}

/** One feed of arrays as they are, held against the shapes of the inputs. */
export function wholeFeed(arrays: readonly MatchedArray[]): SplitRows {
  for (const { input, tensor, source } of arrays) {
    if (input.dims === null || fits(tensor.dims, input.dims)) continue;
    throw shapeError(input, tensor, source);
  }
  const feed = new Map(arrays.map(({ input, tensor }) => [input.name, tensor]));
  const [first] = arrays;
  // What is one row of a vector or of a sequence nobody knows: it counts as one.
  const hasRows = first !== undefined && first.tensor.dims.length >= 2 && isRowAxis(first.input);
  const rows = hasRows ? rowsOf(first) : 1;
  return { feeds: [feed], rowsPerFeed: [rows], notes: symbolNotes(feed, arrays) };
}

function layoutOf({ input, tensor, source }: MatchedArray): Layout {
  const { dims } = input;
  if (dims === null) return { kind: 'whole' };
  const [rows] = tensor.dims;
  if (tensor.dims.length === dims.length + 1 && fits(tensor.dims.slice(1), dims)) {
    return { kind: 'stacked' };
  }
  const [size] = dims;
  if (tensor.dims.length !== dims.length || !fits(tensor.dims.slice(1), dims.slice(1))) {
    throw shapeError(input, tensor, source);
  }
  if (rows === undefined || rows === size) return { kind: 'whole' };
  if (typeof size !== 'number') {
    return isRowAxis(input) ? { kind: 'rows', take: null } : { kind: 'whole' };
  }
  // A vector of fixed length is one thing; only longer ones of length 1 are plausibly rows.
  if (size === 0 || (dims.length === 1 && size > 1)) throw shapeError(input, tensor, source);
  return { kind: 'rows', take: size };
}

/** Whether the first dimension counts rows rather than words or pixels. */
function isRowAxis({ dims }: ModelInput): boolean {
  const size = dims?.[0];
  const role = typeof size === 'string' ? dimensionRole(size) : null;
  if (role !== null) return role === 'batch';
  return (dims?.length ?? 0) >= 2;
}

/** Rows that every feed must take, or null where any number will do. */
function exactTake(layouts: ReadonlyMap<MatchedArray, Layout>): number | null {
  const takes = [...layouts.values()].flatMap((layout) => {
    if (layout.kind === 'stacked') return [1];
    return layout.kind === 'rows' && layout.take !== null ? [layout.take] : [];
  });
  const [take] = takes;
  if (take === undefined) return null;
  const other = takes.find((each) => each !== take);
  if (other !== undefined) throw otherBatch('INPUT_DATA', other, take);
  return take;
}

/**
 * Whether the arrays have different numbers of rows on dimensions of different names: then nothing
 * says that their rows belong together.
 */
function areUnrelated(cut: readonly MatchedArray[]): boolean {
  const symbols = new Set(cut.map(({ input }) => input.dims?.[0]));
  const sizes = new Set(cut.map(rowsOf));
  return sizes.size > 1 && symbols.size === cut.length;
}

function commonRows(cut: readonly MatchedArray[], first: MatchedArray): number {
  const total = rowsOf(first);
  const odd = cut.find((array) => rowsOf(array) !== total);
  if (odd === undefined) return total;
  throw new MlkitError(
    'INPUT_DATA',
    `cannot tell which rows belong together: "${first.input.name}" has ${total}, "${odd.input.name}" has ${rowsOf(odd)}`,
    { hint: 'Give every input the same number of rows.' },
  );
}

function otherBatch(code: 'USAGE' | 'INPUT_DATA', found: number, exact: number): MlkitError {
  return new MlkitError(
    code,
    `cannot feed ${found} rows at a time: the model takes exactly ${exact}`,
    {
      hint: 'Export the model with a dynamic batch.',
    },
  );
}

/** The axis along which an array is cut; -1: none, every feed gets all of it. */
function cutAxis(
  { input, tensor }: MatchedArray,
  layout: Layout | undefined,
  batchSymbol: string | undefined,
  total: number,
): number {
  if (layout !== undefined && layout.kind !== 'whole') return 0;
  const axis = batchSymbol === undefined ? -1 : (input.dims?.indexOf(batchSymbol) ?? -1);
  return axis >= 0 && tensor.dims[axis] === total ? axis : -1;
}

function rowsOf({ tensor }: MatchedArray): number {
  return tensor.dims[0] ?? 0;
}

function fits(dims: readonly number[], wanted: readonly (number | string | null)[]): boolean {
  return (
    dims.length === wanted.length &&
    wanted.every((size, axis) => typeof size !== 'number' || size === dims[axis])
  );
}

/**
 * Symbols with different sizes in the inputs of a feed. Not an error: some exporters use one name for
 * whatever they do not know, and the runtime does not hold models to it.
 */
function symbolNotes(feed: ReadonlyMap<string, Tensor>, arrays: readonly MatchedArray[]): string[] {
  const notes: string[] = [];
  const sizes = new Map<string, { size: number; name: string }>();
  for (const { input } of arrays) {
    const dims = feed.get(input.name)?.dims ?? [];
    for (const [axis, symbol] of (input.dims ?? []).entries()) {
      const size = dims[axis];
      if (typeof symbol !== 'string' || size === undefined) continue;
      const earlier = sizes.get(symbol) ?? { size, name: input.name };
      sizes.set(symbol, earlier);
      if (earlier.size === size) continue;
      notes.push(
        `the dimension "${symbol}" is ${earlier.size} in "${earlier.name}" and ${size} in "${input.name}"`,
      );
    }
  }
  return notes;
}

function shapeError(input: ModelInput, tensor: Tensor, source: string): MlkitError {
  return new MlkitError(
    'INPUT_DATA',
    `input "${input.name}" takes ${describeInput(input)}, and ${source} has ${tensor.dtype}${formatShape(tensor.dims)}`,
    { hint: 'Only the first axis may hold more rows than the model takes at a time.' },
  );
}
