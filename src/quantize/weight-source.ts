import type { Node, Value } from '../graph/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** The constant behind an input of a node. */
export interface WeightSource {
  /** What holds it: an initializer, or the output of a Constant node. */
  readonly root: Value;
  readonly tensor: Tensor;
  /** Whether the node reads the transpose of the stored matrix. */
  readonly isTransposed: boolean;
}

export type WeightLookup = WeightSource | { readonly reason: string } | 'computed';

/** A chain of copies and transposes is followed no further: broken graphs can be circular. */
const longestChain = 16;

/**
 * Looks for the constant that a value always is, through Identity, and Transpose of matrices.
 *
 * @param irVersion Before 4, initializers were inputs by necessity and cannot be overridden.
 * @returns The constant; `computed` when the value is computed or fed; a reason when it is constant
 *   and still cannot be replaced.
 */
export function findWeight(value: Value, irVersion: number): WeightLookup {
  let current = value;
  let isTransposed = false;
  let mustBeMatrix = false;
  for (let step = 0; step < longestChain; step += 1) {
    const found = constantOf(current, irVersion);
    if (found !== null) {
      if ('reason' in found) return found;
      return mustBeMatrix && found.tensor.dims.length !== 2
        ? 'computed'
        : { ...found, isTransposed };
    }
    const { producer } = current;
    const next = producer?.inputs[0] ?? null;
    if (producer === null || producer.domain !== '' || next === null) return 'computed';
    if (producer.opType === 'Transpose') {
      const turn = turnOf(producer);
      if (turn === null) return 'computed';
      // Without an order of axes, Transpose reverses them, however many there are.
      mustBeMatrix ||= turn === 'transposed';
      isTransposed = isTransposed !== (turn === 'transposed');
    } else if (producer.opType !== 'Identity') return 'computed';
    current = next;
  }
  return 'computed';
}

function constantOf(
  value: Value,
  irVersion: number,
): { root: Value; tensor: Tensor } | { reason: string } | null {
  if (value.sparseInitializer !== null) {
    return { reason: `its weight "${value.name}" is a sparse tensor` };
  }
  if (value.initializer !== null) {
    if (value.isInput && irVersion >= 4) {
      return {
        reason: `its weight "${value.name}" is an input with a default, which callers may replace`,
      };
    }
    return { root: value, tensor: value.initializer };
  }
  const tensor = value.constant;
  return tensor === null ? null : { root: value, tensor };
}

/** What a Transpose does to a matrix; null where it does something else to another tensor. */
function turnOf(node: Node): 'same' | 'transposed' | null {
  const perm = node.ints('perm');
  if (perm === undefined) return 'transposed';
  if (perm.every((axis, at) => axis === at)) return 'same';
  return perm.length === 2 && perm[0] === 1 && perm[1] === 0 ? 'transposed' : null;
}
