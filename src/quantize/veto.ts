import type { Candidate } from './candidates.ts';
import type { Form } from './config.ts';

/** The first version with the operators that a form is made of. */
const neededOpset: Readonly<Record<Form, { version: number; op: string }>> = {
  dynamic: { version: 11, op: 'DynamicQuantizeLinear' },
  'weight-only': { version: 10, op: 'DequantizeLinear' },
};

/**
 * Terms of a sum of products of two 8-bit differences (at most 255 · 255 each) that surely fit into
 * the int32 that MatMulInteger adds up in.
 */
const mostTerms = Math.floor((2 ** 31 - 1) / (255 * 255));

/** Why a node cannot take a form; null when it can. */
export function vetoOf({ source }: Candidate, form: Form, opset: number): string | null {
  const { version, op } = neededOpset[form];
  if (opset < version) {
    return `${op} needs opset ${version}, and the model has ${opset}`;
  }
  const { dims } = source.tensor;
  if (form === 'dynamic') {
    const terms = Number(dims.length < 2 || source.isTransposed ? dims.at(-1) : dims.at(-2));
    if (terms > mostTerms) {
      return `sums of ${terms} products may not fit into int32; at most ${mostTerms} surely do`;
    }
  }
  return null;
}

/** What the new nodes and constants take beside their elements, names included; generously. */
const overheadBytes: Readonly<Record<Form, number>> = { dynamic: 2000, 'weight-only': 600 };

/** Bytes that the file gets smaller by; below zero when it grows. An estimate on the safe side. */
export function savedBytes({ source }: Candidate, form: Form, isPerTensor: boolean): number {
  const { tensor, isTransposed } = source;
  const count = tensor.elementCount;
  const columns = (isTransposed ? tensor.dims[0] : tensor.dims.at(-1)) ?? 1;
  const channels = isPerTensor ? 1 : columns;
  return 3 * count - 5 * channels - overheadBytes[form];
}
