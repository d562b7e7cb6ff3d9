import { type DataType, dataTypes, type NumericArray } from '../tensor/index.ts';

/**
 * How many representable values lie between two elements of the same float type: 0 for equal ones,
 * 1 for neighbours; zero counts once, whatever its sign. Only for finite values.
 *
 * The arrays hold elements as `Tensor.data` gives them. Distances beyond 2^53, which only float64
 * has, are rounded. Null for types that are no floats.
 */
export function ulpDistance(
  dtype: DataType,
  a: NumericArray,
  b: NumericArray,
): ((index: number) => number) | null {
  const { kind, bits } = dataTypes[dtype];
  if (kind !== 'float') return null;
  if (dtype === 'float64') return float64Distance(a, b);
  // A type without a sign bit has no negative half to fold.
  const signBit = dtype === 'float8e8m0' ? 0 : 2 ** (bits - 1);
  const [left, right] = [patterns(a, bits), patterns(b, bits)];
  return (index) =>
    Math.abs(ordinal(left[index] ?? 0, signBit) - ordinal(right[index] ?? 0, signBit));
}

/** Patterns of a sign and a magnitude as integers in the order of the values they stand for. */
function ordinal(pattern: number, signBit: number): number {
  return signBit !== 0 && pattern >= signBit ? signBit - pattern : pattern;
}

function patterns(data: NumericArray, bits: number): Uint32Array | Uint16Array | Uint8Array {
  if (bits === 32) return new Uint32Array(data.buffer, data.byteOffset, data.length);
  return data as Uint16Array | Uint8Array;
}

function float64Distance(a: NumericArray, b: NumericArray): (index: number) => number {
  const left = new DataView(a.buffer, a.byteOffset, a.byteLength);
  const right = new DataView(b.buffer, b.byteOffset, b.byteLength);
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  const [high, low] = isLittleEndian ? [4, 0] : [0, 4];
  return (index) => {
    const at = index * 8;
    const leftHigh = left.getUint32(at + high, isLittleEndian);
    const rightHigh = right.getUint32(at + high, isLittleEndian);
    const leftLow = left.getUint32(at + low, isLittleEndian);
    const rightLow = right.getUint32(at + low, isLittleEndian);
    const [leftHead, rightHead] = [leftHigh & 0x7fffffff, rightHigh & 0x7fffffff];
    // Halves are subtracted first, so that the result is exact where it is small.
    return leftHigh >>> 31 === rightHigh >>> 31
      ? Math.abs((leftHead - rightHead) * 2 ** 32 + (leftLow - rightLow))
      : (leftHead + rightHead) * 2 ** 32 + (leftLow + rightLow);
  };
}
