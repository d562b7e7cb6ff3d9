import type { Node, Use } from '../graph/index.ts';
import type { ModelInput } from './inputs.ts';

/** Tensors in a random sequence, unless the model looks further into it. */
const usualCount = 2;
const mostCount = 64;

/** Every so many samples an optional has no value. */
const absentEvery = 3;

/** Whether a random sample leaves the input without a value: only where the model asks if it has one. */
export function isAbsent({ containers, value }: ModelInput, sample: number): boolean {
  if (containers[0] !== 'optional' || sample % absentEvery !== absentEvery - 1) return false;
  return nodesAt(value.uses).some(({ opType }) => opType === 'OptionalHasElement');
}

/** How many tensors a random sequence has: enough for each position that the model takes out of it. */
export function elementCountIn({ value }: ModelInput): number {
  const positions = nodesAt(value.uses).flatMap(({ opType, inputs }) => {
    const position =
      opType === 'SequenceAt' || opType === 'SequenceErase' ? inputs[1]?.constant : null;
    return position?.elementCount === 1 ? [...position.toFloat64()] : [];
  });
  const needed = positions.map((position) => (position < 0 ? -position : position + 1));
  return Math.min(mostCount, Math.max(usualCount, ...needed));
}

function nodesAt(uses: ReadonlySet<Use>): Node[] {
  return [...uses].flatMap((use) => (use.kind === 'input' ? [use.node] : []));
}
