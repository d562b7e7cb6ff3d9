import { Buffer } from 'node:buffer';
import type { Candidate } from './candidates.ts';
import type { NodeForm } from './config.ts';
import type { PlannedNode } from './planned-node.ts';
import { nodeName } from './selection.ts';

/** The first version with the operators that a form is made of. */
const neededOpset: Readonly<Record<NodeForm, { version: number; op: string }>> = {
  lookup: { version: 7, op: 'Mul with broadcasting' },
  dynamic: { version: 11, op: 'DynamicQuantizeLinear' },
  'weight-only': { version: 10, op: 'DequantizeLinear' },
};

/**
 * Terms of a sum of products of two 8-bit differences (at most 255 · 255 each) that surely fit into
 * the int32 that MatMulInteger adds up in.
 */
const mostTerms = Math.floor((2 ** 31 - 1) / (255 * 255));

/** Why a node cannot take a form; null when it can. */
export function vetoOf({ source }: Candidate, form: NodeForm, opset: number): string | null {
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

/** Bytes that the file gets smaller by; below zero when it grows. An estimate, a little too low. */
export function savedBytes(planned: PlannedNode): number {
  const { tensor, isTransposed } = planned.source;
  const isByFirst = isTransposed || planned.form === 'lookup';
  const columns = (isByFirst ? tensor.dims[0] : tensor.dims.at(-1)) ?? 1;
  const channels = planned.isPerTensor ? 1 : columns;
  // Three of four bytes an element, less a float32 and an 8-bit integer for each channel.
  return 3 * tensor.elementCount - 5 * channels - overheadBytes(planned, columns);
}

/**
 * What new nodes and constants take beside their elements: mostly names, which are made from those of
 * the node, its input and its weight. Counted from what `apply.ts` adds, with some bytes to spare.
 */
function overheadBytes(planned: PlannedNode, columns: number): number {
  const { node, use, form } = planned;
  const ofNode = lengthOf(nodeName(node));
  const ofWeight = lengthOf(planned.source.root.name);
  if (form === 'lookup')
    return 320 + 8 * ofNode + 4 * ofWeight + lengthOf(planned.use.indices.name);
  const ofBias = planned.use.bias === null ? 0 : 80 + 4 * ofNode;
  if (form === 'dynamic') {
    return 520 + 10 * ofNode + 6 * lengthOf(planned.use.activation.name) + 4 * ofWeight + ofBias;
  }
  const ownBytes = 260 + ofNode + 6 * ofWeight + lengthOf(use.weight.name);
  const ofScaling = planned.scalesProduct ? 120 + 4 * ofNode + 2 * ofWeight + ofBias : 0;
  // A node, and a zero for each column.
  const ofGuard = planned.needsGuard ? 120 + 4 * ofNode + 4 * columns + ofBias : 0;
  return ownBytes + ofScaling + ofGuard;
}

function lengthOf(name: string): number {
  return Buffer.byteLength(name);
}
