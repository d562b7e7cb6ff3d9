import { operatorName } from '../checks/index.ts';
import type { Node } from '../graph/index.ts';
import type { ModelMatch, ValuePair } from '../matching/index.ts';
import type { Gates } from '../parity/index.ts';
import { isBeyondRounding, type ReadValue } from './find-divergence.ts';
import { misfits } from './misfits.ts';
import { type ReadError, readErrors } from './read-errors.ts';
import type { TracedValue } from './report.ts';
import type { ElementTypes, ValueComparison, ValueError } from './value-comparison.ts';

export interface ValueReading {
  /** In the reference's order. */
  readonly values: readonly ReadValue[];
  /** Pairs that were none: see `misfits`. */
  readonly misfits: ReadonlySet<ValuePair>;
}

const plainTypes: ElementTypes = { reference: 'float32', candidate: 'float32' };

/**
 * Says of each value that was compared how far off it is, and how far what it is made of.
 *
 * @param inputs Inputs of the models that differ.
 */
export function readValues(
  pairs: readonly ValuePair[],
  compared: ReadonlyMap<ValuePair, ValueComparison>,
  inputs: ReadonlyMap<ValuePair, ValueError>,
  match: ModelMatch,
  gates: Gates,
): ValueReading {
  const errors = new Map<ValuePair, ValueError>(inputs);
  const off = new Set<ValuePair>();
  for (const pair of pairs) {
    const comparison = compared.get(pair);
    if (comparison === undefined) continue;
    const error = comparison.finish();
    errors.set(pair, error);
    if (isBeyondRounding(error, comparison.types ?? plainTypes, gates)) off.add(pair);
  }
  const known = pairs.filter((pair) => compared.has(pair));
  const dropped = misfits(known, match, (pair) => off.has(pair));
  for (const pair of dropped) errors.delete(pair);
  const models = { reference: match.before.model, candidate: match.after.model };
  const read = readErrors(models, errors);
  const values = known.flatMap((pair): ReadValue[] => {
    const [comparison, error, inputError] = [compared.get(pair), errors.get(pair), read.get(pair)];
    if (comparison === undefined || error === undefined || inputError === undefined) return [];
    const traced = tracedValue(pair, comparison, error, inputError);
    return [{ pair, traced, error, inputs: inputError, isOff: off.has(pair) }];
  });
  return { values, misfits: dropped };
}

function tracedValue(
  pair: ValuePair,
  { dims, types }: ValueComparison,
  error: ValueError,
  inputs: ReadError,
): TracedValue {
  const [maker, otherMaker] = [pair.reference.producer, pair.candidate.producer];
  const { maxAbs, relativeError, sqnrDb, cosine, classMismatches, total, isDiverged } = error;
  const isOrigin = error.differs && !inputs.differs;
  const inputError = Number.isFinite(inputs.relativeError) ? inputs.relativeError : null;
  return {
    name: pair.reference.name,
    candidate: pair.candidate.name,
    pairedBy: pair.by,
    node: labelOf(maker),
    operator: operatorOf(maker),
    candidateNode: labelOf(otherMaker),
    candidateOperator: operatorOf(otherMaker),
    dtype: (types ?? plainTypes).reference,
    shape: dims,
    maxAbs,
    relativeError,
    sqnrDb,
    cosine,
    classMismatches,
    total,
    inputError,
    amplification: isOrigin ? Number.POSITIVE_INFINITY : ratio(relativeError, inputError),
    isOrigin,
    isDiverged,
  };
}

function ratio(error: number | null, inputError: number | null): number | null {
  if (error === null || inputError === null || error === 0) return null;
  return inputError === 0 ? Number.POSITIVE_INFINITY : error / inputError;
}

function labelOf(node: Node | null): string {
  return node === null ? '' : node.label;
}

function operatorOf(node: Node | null): string {
  return node === null ? '' : operatorName(node);
}
