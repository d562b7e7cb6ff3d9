import type { ModelMatch, ValuePair } from '../matching/index.ts';
import type { Gates } from '../parity/index.ts';
import { formatInteger, formatNumber, formatRatio } from '../report/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';
import { compareNode, type NodeDifference } from './compare-node.ts';
import { nodesBetween } from './nodes-between.ts';
import type { ReadError } from './read-errors.ts';
import type { Divergence, TracedValue } from './report.ts';
import type { ElementTypes, ValueError } from './value-comparison.ts';

/** A value that was compared, with all that is known of it. */
export interface ReadValue {
  readonly pair: ValuePair;
  readonly traced: TracedValue;
  readonly error: ValueError;
  readonly inputs: ReadError;
  /** Whether it is off by more than rounding, or than what the profile allows where that is more. */
  readonly isOff: boolean;
}

/** Rounding alone leaves a tensor at most so many of its type's steps off, in the mean. */
const roundingSteps = 8;

/** Gates of so many dB and more are those of arithmetic in the same precision. */
const fullPrecisionDb = 80;

/** An error that a node makes so many times larger has begun there. */
const jump = 10;

/** Differences below the limit are looked into only so far, since constants must be read for it. */
const mostOrigins = 32;

/** Whether a value is off by more than rounding leaves, or than the profile allows, if that is more. */
export function isBeyondRounding(error: ValueError, types: ElementTypes, gates: Gates): boolean {
  if (!error.differs) return false;
  if (error.classMismatches > 0) return true;
  const relative = error.relativeError ?? Number.POSITIVE_INFINITY;
  const lossy = lossyLimit(gates);
  const { kind, bits } = dataTypes[types.reference];
  if (kind === 'float') return relative > Math.max(roundingSteps * coarsest(types), lossy);
  if (lossy > 0) return relative > lossy;
  // Quantized values may be rounded to the next step.
  return bits > 8 || types.reference === 'bool' || (error.maxAbs ?? 1) > 1;
}

/** The relative error that a profile of lower precision allows; 0 of others. */
function lossyLimit({ minSqnrDb }: Gates): number {
  return minSqnrDb === null || minSqnrDb >= fullPrecisionDb ? 0 : 10 ** (-minSqnrDb / 20);
}

function coarsest({ reference, candidate }: ElementTypes): number {
  return Math.max(spacing(reference), spacing(candidate));
}

/** The relative distance of neighbouring values. */
function spacing(dtype: DataType): number {
  switch (dtype) {
    case 'float64':
      return 2 ** -52;
    case 'float16':
      return 2 ** -10;
    case 'bfloat16':
      return 2 ** -7;
    default:
      return dataTypes[dtype].bits >= 32 ? 2 ** -23 : 2 ** -2;
  }
}

/**
 * Names the node that the difference begins at: the first one, in the order in which the reference
 * runs, that makes more of a difference than it is given.
 *
 * That is: its inputs are the same and its output is off by more than rounding, or its constants
 * differ; or it makes numbers into NaN or Inf in one model only; or what comes out is beyond the
 * profile and many times as far off as what goes in. If there is none, the first value that is beyond
 * the profile where its inputs are not; and if all are within, the first one that differs at all.
 */
export function findDivergence(
  values: readonly ReadValue[],
  match: ModelMatch,
  gates: Gates,
): Divergence | null {
  const differing = values.filter((value) => value.error.differs);
  if (differing.length === 0) return null;
  const causes = findCauses(differing, match, gates);
  const isCaused = (value: ReadValue): boolean =>
    (causes.get(value) ?? []).some((each) => each.isBeyondRounding);
  const found =
    differing.find((value) => isCaused(value) || beginsAt(value)) ??
    differing.find((value) => value.error.isDiverged && !value.inputs.isDiverged) ??
    differing.find((value) => value.traced.isOrigin) ??
    differing[0];
  if (found === undefined) return null;
  const isRounding = !found.isOff && !found.error.isDiverged && !isCaused(found);
  const differences = causes.get(found) ?? differencesOf(found, match);
  const allowed = lossyLimit(gates) > 0 ? 'the profile allows' : 'rounding makes';
  const begin = isRounding ? `no difference is more than ${allowed}; the first one: ` : '';
  const compared = values.map((value) => value.pair);
  const between =
    differences.length > 0 || isRounding ? null : nodesBetween(found.pair, compared, match);
  const reason = reasonOf(found, differences) + (between === null ? '' : `; ${between}`);
  return { value: found.traced, reason: begin + reason, isRounding };
}

function beginsAt({ traced, error, inputs, isOff }: ReadValue): boolean {
  if (error.classMismatches > 0 && !inputs.hasClassMismatches) return true;
  if (traced.isOrigin) return isOff;
  const isJump = (traced.amplification ?? 0) >= jump;
  return isOff && isJump && error.isDiverged && !inputs.isDiverged;
}

/**
 * What differs between the nodes where differences begin. Not where weights were made less precise
 * on purpose: there, those of every node differ.
 */
function findCauses(
  differing: readonly ReadValue[],
  match: ModelMatch,
  gates: Gates,
): Map<ReadValue, readonly NodeDifference[]> {
  if (lossyLimit(gates) > 0) return new Map();
  const origins = differing.filter((value) => value.traced.isOrigin).slice(0, mostOrigins);
  return new Map(origins.map((value) => [value, differencesOf(value, match)]));
}

function differencesOf({ pair }: ReadValue, match: ModelMatch): readonly NodeDifference[] {
  const [one, other] = [pair.reference.producer, pair.candidate.producer];
  return one === null || other === null ? [] : compareNode(one, other, match);
}

function reasonOf(value: ReadValue, differences: readonly NodeDifference[]): string {
  const sentences = [effectOf(value)];
  const [first, ...more] = differences.map((each) => each.text);
  if (first !== undefined) {
    const others =
      more.length > 2 ? ` and ${more.length} more` : more.map((each) => `; ${each}`).join('');
    sentences.push(`${first}${others}`);
  } else if (value.traced.operator !== value.traced.candidateOperator) {
    const { operator, candidateOperator, candidateNode } = value.traced;
    sentences.push(
      `${operator} made it in the reference, ${candidateOperator} in the candidate (${candidateNode})`,
    );
  }
  return sentences.join('; ');
}

function effectOf({ traced, error, inputs }: ReadValue): string {
  const off = offText(traced);
  if (error.classMismatches > 0 && !inputs.hasClassMismatches) {
    const count = formatInteger(error.classMismatches);
    return `${count} of ${formatInteger(error.total)} elements are NaN or infinite in one model and not in the other, and nothing that it reads is`;
  }
  if (traced.isOrigin) return `what it reads is the same in both, and its output is ${off}`;
  const { amplification, inputError } = traced;
  const read = inputError === null ? 'off' : `off by ${formatNumber(inputError, 3)} of its size`;
  const times =
    amplification === null || amplification < 2 ? '' : `, ${formatRatio(amplification)} as far`;
  return `what it reads is ${read} at most, and its output is ${off}${times}`;
}

function offText({ maxAbs, sqnrDb, relativeError }: TracedValue): string {
  if (maxAbs === null) return 'another one';
  const ratio = relativeError === null ? '' : `, ${formatNumber(relativeError, 3)} of its size`;
  const decibels =
    sqnrDb === null || !Number.isFinite(sqnrDb) ? '' : `, ${formatNumber(sqnrDb, 3)} dB`;
  return `off by up to ${formatNumber(maxAbs, 3)}${ratio}${decibels}`;
}
