import { MlkitError } from '../../errors.ts';
import type { Tensor } from '../../tensor/index.ts';

/** Bytes read at a time. */
const pieceBytes = 1024 * 1024;

/**
 * The elements of a float32 tensor in order, in pieces, so that a large one is never in memory as a
 * whole. A piece is valid until the next one is asked for.
 *
 * @param multiple Each piece but the last has a multiple of this many elements.
 * @throws MlkitError MODEL_INVALID when its bytes do not fit its shape, and what reading runs into.
 */
export function* floatPieces(tensor: Tensor, multiple = 1): Iterable<Float32Array> {
  checkSize(tensor);
  const unit = multiple * 4;
  const chunk = Math.ceil(pieceBytes / unit) * unit;
  let rest = new Uint8Array(0);
  for (const bytes of tensor.storage.chunks(chunk)) {
    const whole = rest.length === 0 ? bytes : joined(rest, bytes);
    const usable = whole.length - (whole.length % unit);
    if (usable > 0) yield floats(whole.subarray(0, usable));
    rest = usable === whole.length ? new Uint8Array(0) : whole.slice(usable);
  }
  if (rest.length > 0) yield floats(rest);
}

/** All elements at once. Throws as {@link floatPieces}. */
export function allFloats(tensor: Tensor): Float32Array {
  checkSize(tensor);
  return floats(tensor.storage.bytes());
}

function checkSize(tensor: Tensor): void {
  const need = tensor.elementCount * 4;
  const { byteLength } = tensor.storage;
  if (byteLength === need) return;
  throw new MlkitError(
    'MODEL_INVALID',
    `tensor "${tensor.name}" (float32[${tensor.dims.join(', ')}]) needs ${need} bytes and has ${byteLength}`,
  );
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** A view where the alignment allows it, else a copy. */
function floats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4));
}
