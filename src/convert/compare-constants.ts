import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Model } from '../graph/index.ts';
import { tensorsOf, throwIfAborted } from '../onnx/index.ts';
import { haveSameBytes, type Tensor } from '../tensor/index.ts';

/**
 * Whether two models have the same constants in the same order, byte for byte, wherever these lie.
 * Reads all of them, a piece at a time.
 *
 * @returns How many there are, or what differs first.
 * @throws MlkitError INTERRUPTED, and what reading them runs into.
 */
export async function compareConstants(
  reference: Model,
  candidate: Model,
  signal?: AbortSignal,
): Promise<{ readonly count: number } | { readonly difference: string }> {
  const others = tensorsOf(candidate)[Symbol.iterator]();
  let count = 0;
  for (const { tensor } of tensorsOf(reference)) {
    const other = others.next();
    if (other.done === true) return { difference: `only the original has "${tensor.name}"` };
    const what = differenceOf(tensor, other.value.tensor);
    if (what !== null) return { difference: `the constant "${tensor.name}" has ${what}` };
    count += 1;
    // Lets an interruption through.
    await nextTurn();
    throwIfAborted(signal);
  }
  const more = others.next();
  if (more.done !== true) return { difference: `only the result has "${more.value.tensor.name}"` };
  return { count };
}

function differenceOf(a: Tensor, b: Tensor): string | null {
  if (a.elementType !== b.elementType) return 'another type';
  if (a.dims.join() !== b.dims.join()) return 'another shape';
  const { strings } = a.storage;
  if (strings !== undefined) {
    const others = b.storage.strings ?? [];
    const isSame =
      strings.length === others.length &&
      strings.every((each, at) => Buffer.compare(each, others[at] ?? each.subarray(1)) === 0);
    return isSame ? null : 'other texts';
  }
  if (a.byteLength !== b.byteLength) return 'another size';
  return haveSameBytes(a, b) ? null : 'other values';
}
