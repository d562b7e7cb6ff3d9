import { MlkitError } from '../../errors.ts';
import type { Node, Value } from '../../graph/index.ts';
import type { Issue } from '../check.ts';
import type { GraphCheck, PlacedNode } from '../graph-facts.ts';

/** Larger scales are not read here; reading the weights finds what is not finite in them. */
const mostScales = 4096;

const operators: ReadonlySet<string> = new Set(['DequantizeLinear', 'QuantizeLinear']);

export const quantizationScale: GraphCheck<'quantization-scale'> = {
  codes: ['quantization-scale'],
  severity: 'warning',
  summary: 'scales that are zero, below zero, or no finite numbers',
  run({ nodes }) {
    const seen = new Set<Value>();
    return nodes
      .filter(({ node }) => operators.has(node.opType))
      .flatMap((placed) => aboutScale(placed, seen) ?? []);
  },
};

/** A scale that several nodes read is told of once. */
function aboutScale(
  { node, path }: PlacedNode,
  seen: Set<Value>,
): Issue<'quantization-scale'> | null {
  const value = node.inputs[1] ?? null;
  if (value === null || seen.has(value)) return null;
  const scales = scalesOf(value);
  const bad = scales.filter((scale) => isBad(scale, node));
  const [first] = bad;
  if (first === undefined) return null;
  seen.add(value);
  const count = scales.length === 1 ? '' : ` (${bad.length} of ${scales.length} scales are such)`;
  return {
    code: 'quantization-scale',
    at: { graph: path, node: node.label, value: value.name },
    message: `${node.label} has the scale ${first}${count}; a scale should be a finite number above 0`,
    fix: 'Quantize the model again: the range that the scale was made of had no values, or bad ones.',
    spec: 'ok',
    runtime: 'accepts',
  };
}

/** Zero does no harm where it only multiplies: it is what quantizers write for all-zero weights. */
function isBad(scale: number, { opType }: Node): boolean {
  if (!Number.isFinite(scale) || scale < 0) return true;
  return scale === 0 && opType === 'QuantizeLinear';
}

function scalesOf(value: Value): readonly number[] {
  const tensor = value.constant;
  try {
    if (tensor === null || tensor.elementCount > mostScales) return [];
    return tensor.elementType === 'string' ? [] : [...tensor.toFloat64()];
  } catch (error) {
    // What cannot be read is for the checks of constants to report.
    if (error instanceof MlkitError) return [];
    throw error;
  }
}
