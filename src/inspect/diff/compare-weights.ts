import { setImmediate as nextTurn } from 'node:timers/promises';
import { MlkitError } from '../../errors.ts';
import { compareTensors, type TensorDifference } from '../../matching/index.ts';
import { type OpenModel, throwIfAborted } from '../../onnx/index.ts';
import { byteLengthOf, elementCountOf, type Tensor } from '../../tensor/index.ts';
import type { ConstantPair } from './findings.ts';
import type { WeightChange, WeightsReport } from './report.ts';

export interface WeightServices {
  /** Whether to read more than the smallest constants. */
  readonly readWeights: boolean;
  /** Told how far reading has come. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number, name: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Constants that are compared even if weights are not: they are shapes, axes and the like. */
const mostSmallBytes = 4096;

/** How long reading goes on before the terminal and Ctrl-C get a turn. */
const turnMs = 50;

/**
 * Compares constants, a piece at a time. Those that both models have in the same place of the same
 * data file are not read.
 *
 * @throws MlkitError INTERRUPTED.
 */
export async function compareWeights(
  pairs: readonly ConstantPair[],
  before: OpenModel,
  after: OpenModel,
  { readWeights, onProgress, signal }: WeightServices,
): Promise<WeightsReport> {
  const changed: WeightChange[] = [];
  const unreadable: WeightsReport['unreadable'][number][] = [];
  let [compared, equal, notRead] = [0, 0, 0];
  const chosen = pairs.filter((pair) => readWeights || isSmall(pair));
  const total = chosen.reduce((sum, { before: { tensors } }) => sum + expectedBytes(tensors), 0);
  let done = 0;
  let lastTurn = performance.now();
  const isRead = new Set(chosen);
  for (const pair of pairs) {
    if (!hasSameShape(pair)) {
      changed.push(change(pair, null));
      compared += 1;
      continue;
    }
    if (!isRead.has(pair)) {
      if (pair.before.dtype === pair.after.dtype) notRead += 1;
      else changed.push(change(pair, null));
      continue;
    }
    try {
      const steps = comparePair(pair, before, after);
      let step = steps.next();
      while (step.done !== true) {
        done += step.value;
        if (performance.now() - lastTurn > turnMs) {
          onProgress?.(done, total, pair.name);
          await nextTurn();
          throwIfAborted(signal);
          lastTurn = performance.now();
        }
        step = steps.next();
      }
      compared += 1;
      const isSameType = pair.before.dtype === pair.after.dtype;
      if (step.value === null && isSameType) equal += 1;
      else changed.push(change(pair, step.value));
    } catch (error) {
      if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
      unreadable.push({ graph: pair.graph, name: pair.name, message: error.message });
    }
  }
  return { compared, equal, changed, notRead, unreadable };
}

function isSmall({ before, after }: ConstantPair): boolean {
  return Math.max(expectedBytes(before.tensors), expectedBytes(after.tensors)) <= mostSmallBytes;
}

/** What types and shapes call for, without reading anything. */
function expectedBytes(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { elementType, dims, storage }) => {
    if (storage.strings !== undefined) return sum + storage.byteLength;
    const elements = elementCountOf(dims);
    if (elements === null || elementType === null || elementType === 'string') return sum;
    return sum + byteLengthOf(elementType, elements);
  }, 0);
}

function hasSameShape({ before, after }: ConstantPair): boolean {
  return before.dims.join() === after.dims.join() && before.tensors.length === after.tensors.length;
}

function* comparePair(
  { before: one, after: other }: ConstantPair,
  before: OpenModel,
  after: OpenModel,
): Generator<number, TensorDifference | null> {
  let difference: TensorDifference | null = null;
  for (const [index, tensor] of one.tensors.entries()) {
    const counterpart = other.tensors[index];
    if (counterpart === undefined || isSamePlace(tensor, counterpart, before, after)) continue;
    if (tensor.dims.join() !== counterpart.dims.join()) {
      // Sparse constants of one shape may have different numbers of values.
      return { differing: null, maxAbsDifference: null, nanDiffering: 0 };
    }
    const found = yield* compareTensors(tensor, counterpart);
    difference ??= found;
  }
  return difference;
}

/** Whether two tensors of one type are the same bytes of the same file. */
function isSamePlace(a: Tensor, b: Tensor, before: OpenModel, after: OpenModel): boolean {
  const [one, other] = [a.storage.external, b.storage.external];
  if (one === undefined || other === undefined || a.elementType !== b.elementType) return false;
  if (one.offset !== other.offset || a.byteLength !== b.byteLength) return false;
  if (one.problem !== null || other.problem !== null) return false;
  return before.folder.locate(one.location, a.name) === after.folder.locate(other.location, b.name);
}

function change(pair: ConstantPair, difference: TensorDifference | null): WeightChange {
  const { graph, name, before, after } = pair;
  const hasShape = hasSameShape(pair);
  const what = hasShape ? (before.dtype === after.dtype ? 'values' : 'type') : 'shape';
  const isCompared = hasShape && difference !== null;
  return {
    graph,
    name,
    what,
    before: { dtype: before.dtype, shape: before.dims },
    after: { dtype: after.dtype, shape: after.dims },
    elements: hasShape ? elementCountOf(before.dims) : null,
    differing: isCompared ? difference.differing : null,
    maxAbsDifference: isCompared ? difference.maxAbsDifference : null,
    nanDiffering: isCompared ? difference.nanDiffering : 0,
  };
}
