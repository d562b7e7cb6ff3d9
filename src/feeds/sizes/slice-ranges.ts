import { axisOf, type RuleContext } from './rule.ts';

/** What a Slice takes of one axis. */
export interface SliceRange {
  readonly axis: number;
  /** The first index that is taken, where any is. */
  readonly first: number;
  readonly step: number;
  /** How many are taken. */
  readonly length: number;
}

/**
 * What a Slice takes of each axis that it names, or null when that is not known before the model runs
 * or an axis is out of range. Source: https://onnx.ai/onnx/operators/onnx__Slice.html
 */
export function sliceRanges(
  context: RuleContext,
  shape: readonly number[],
): readonly SliceRange[] | null {
  const starts = parameter(context, 'starts', 1);
  const ends = parameter(context, 'ends', 2);
  const axes = parameter(context, 'axes', 3);
  const steps = parameter(context, 'steps', 4);
  if (!starts || !ends || axes === null || steps === null) return null;
  const ranges: SliceRange[] = [];
  for (const [at, start] of starts.entries()) {
    const axis = axisOf(axes?.[at] ?? at, shape.length);
    if (axis === null) return null;
    const size = shape[axis] ?? 0;
    const step = steps?.[at] ?? 1;
    ranges.push({ axis, step, ...rangeOf(size, start, ends[at] ?? 0, step) });
  }
  return ranges;
}

/** Undefined when the node does not have the parameter, null when its value is not known. */
function parameter(
  { node, integers }: RuleContext,
  attribute: string,
  input: number,
): readonly number[] | null | undefined {
  if (node.inputs[input]) return integers(input);
  return node.ints(attribute);
}

function rangeOf(
  size: number,
  start: number,
  end: number,
  step: number,
): { first: number; length: number } {
  const clamp = (index: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, index < 0 ? index + size : index));
  const first = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  const stop = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
  return { first, length: Math.max(0, Math.ceil((stop - first) / step)) };
}
