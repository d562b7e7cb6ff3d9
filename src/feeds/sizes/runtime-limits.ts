import type { CostCall } from '../../ops/index.ts';
import type { Size } from '../../symbolic/index.ts';

/** Why a node fails when it is run, by what is known of it; null: nothing is in the way. */
export type RuntimeLimit = (facts: CostCall) => string | null;

function numberOf(size: Size | undefined): number | null {
  return typeof size === 'number' ? size : null;
}

/** The state to start from has one row for each of the batch. */
const recurrent: RuntimeLimit = (facts) => {
  const isBatchFirst = facts.node.int('layout', 0) === 1;
  const batch = numberOf(facts.shape(0)?.[isBatchFirst ? 0 : 1]);
  for (const input of [5, 6]) {
    const start = facts.shape(input);
    const rows = numberOf(start?.[isBatchFirst ? 0 : 1]);
    if (start?.length !== 3 || batch === null || rows === null || rows === batch) continue;
    return `a start of ${rows} rows for a batch of ${batch}`;
  }
  return null;
};

/** Decoding attention takes one new token at a time. */
const oneToken: RuntimeLimit = (facts) => {
  const tokens = numberOf(facts.shape(0)?.[1]) ?? 1;
  return tokens === 1 ? null : `${tokens} tokens where 1 is needed`;
};

/** What is mirrored must be there: at most all but the entry at the edge. */
const pad: RuntimeLimit = (facts) => {
  const shape = facts.shape(0);
  const pads = facts.node.ints('pads') ?? facts.numbers(1);
  if (facts.node.string('mode', 'constant') !== 'reflect' || shape === null || !pads) return null;
  const axes = facts.numbers(3) ?? shape.map((_, axis) => axis);
  for (const [at, axis] of axes.entries()) {
    const size = numberOf(shape.at(axis));
    const most = Math.max(pads[at] ?? 0, pads[at + axes.length] ?? 0);
    if (size !== null && most >= size) return `${size} entries are mirrored ${most} times`;
  }
  return null;
};

const limits: ReadonlyMap<string, RuntimeLimit> = new Map([
  ['LSTM', recurrent],
  ['GRU', recurrent],
  ['RNN', recurrent],
  ['Pad', pad],
  ['com.microsoft.DecoderMaskedMultiHeadAttention', oneToken],
  ['com.microsoft.DecoderMaskedSelfAttention', oneToken],
]);

/**
 * What onnxruntime holds sizes to when it runs an operator, beyond what type inference says of it;
 * undefined: nothing more.
 */
export function runtimeLimit(domain: string, opType: string): RuntimeLimit | undefined {
  return limits.get(domain === '' ? opType : `${domain}.${opType}`);
}
