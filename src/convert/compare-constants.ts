import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Model } from '../graph/index.ts';
import { tensorsOf, throwIfAborted } from '../onnx/index.ts';
import type { Tensor } from '../tensor/index.ts';

const chunkBytes = 1024 * 1024;

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

/** Pieces of the two may end at different places. */
function haveSameBytes(a: Tensor, b: Tensor): boolean {
  const others = b.storage.chunks(chunkBytes)[Symbol.iterator]();
  let held: Uint8Array = new Uint8Array(0);
  for (const chunk of a.storage.chunks(chunkBytes)) {
    let rest = chunk;
    while (rest.length > 0) {
      if (held.length === 0) {
        const next = others.next();
        if (next.done === true) return false;
        held = next.value;
      }
      const length = Math.min(rest.length, held.length);
      if (Buffer.compare(rest.subarray(0, length), held.subarray(0, length)) !== 0) return false;
      rest = rest.subarray(length);
      held = held.subarray(length);
    }
  }
  return true;
}
