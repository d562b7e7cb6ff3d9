import { byteLengthOf, type DataType, type Tensor } from '../tensor/index.ts';

/**
 * The bytes of a tensor in pieces of so many elements; the last one may have fewer. A piece is valid
 * until the next one is asked for.
 *
 * @param elements A multiple of 8, so that pieces of packed types begin at whole bytes.
 * @param count All elements of the tensor, whose bytes must fit that.
 * @throws MlkitError when the bytes cannot be read.
 */
export function* readPieces(
  { storage }: Tensor,
  dtype: DataType,
  elements: number,
  count: number,
): Generator<Uint8Array> {
  const need = byteLengthOf(dtype, elements);
  let left = byteLengthOf(dtype, count);
  let held: Uint8Array = new Uint8Array(0);
  for (const chunk of storage.chunks(need)) {
    // Storage may give its bytes in other pieces, and use their memory again.
    let bytes = held.byteLength === 0 ? chunk : Buffer.concat([held, chunk]);
    while (bytes.byteLength >= Math.min(need, left) && left > 0) {
      const length = Math.min(need, left);
      yield bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      left -= length;
    }
    held = bytes.slice();
  }
}
