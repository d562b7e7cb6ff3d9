import { readFileSync } from 'node:fs';
import type { DataType } from '../../src/tensor/dtype.ts';
import type { SmallFloatType } from '../../src/tensor/float8.ts';

interface Golden {
  readonly types: Readonly<Record<DataType, { code: number; min?: string; max?: string }>>;
  readonly packed: Readonly<
    Record<string, readonly { elements: readonly number[]; raw: string }[]>
  >;
  readonly smallFloats: Readonly<Record<SmallFloatType, Readonly<Record<string, string>>>>;
  readonly halves: {
    readonly inputStep: number;
    readonly float16: { encodeSha256: string; decodeSha256: string };
    readonly bfloat16: { encodeSha256: string; decodeSha256: string };
  };
}

/** What onnx, ml_dtypes, numpy and onnxruntime say; see bench/make-dtype-golden.py. */
export const golden = JSON.parse(
  readFileSync(new URL('golden/dtypes.json', import.meta.url), 'utf8'),
) as Golden;

/** The bytes of a base64 text that must be there, in memory of their own. */
export function bytesOf(text: string | undefined): Uint8Array<ArrayBuffer> {
  if (text === undefined) throw new Error('not in the golden file');
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

export function floatsOf(text: string | undefined): Float32Array {
  return new Float32Array(bytesOf(text).buffer);
}

/** The next float64 towards positive (1) or negative (-1) infinity; `value` is finite and not 0. */
export function nextFloat64(value: number, direction: 1 | -1): number {
  const number = Float64Array.of(value);
  const bits = new BigInt64Array(number.buffer);
  // Bit patterns grow with the magnitude.
  bits[0] = (bits[0] ?? 0n) + BigInt(value > 0 ? direction : -direction);
  return number[0] ?? Number.NaN;
}
