import { Buffer } from 'node:buffer';
import type { Tensor } from './tensor.ts';

const chunkBytes = 1024 * 1024;

/**
 * Whether two tensors of one type and shape have the same bytes. Reads them a piece at a time, up to
 * the first difference.
 *
 * @throws MlkitError when the bytes cannot be read.
 */
export function haveSameBytes(a: Tensor, b: Tensor): boolean {
  if (a.storage === b.storage) return true;
  if (a.byteLength !== b.byteLength) return false;
  const others = b.storage.chunks(chunkBytes)[Symbol.iterator]();
  let held: Uint8Array = new Uint8Array(0);
  for (const chunk of a.storage.chunks(chunkBytes)) {
    // A piece is only valid until the next one of the same source is asked for.
    let rest = Uint8Array.from(chunk);
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
