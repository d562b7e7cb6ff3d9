import { type DataType, dataTypes, type Tensor } from '../../tensor/index.ts';
import { axisOf, type RuleContext } from './rule.ts';
import { sliceRanges } from './slice-ranges.ts';

/** Shapes and indices are short; longer constants are data. */
const mostElements = 256;

/** Elements of a small integer constant, or null. Values beyond 2^53 are clamped. */
export function integersOf(tensor: Tensor | null): readonly number[] | null {
  if (tensor === null || tensor.elementType === null || !isWhole(tensor.elementType)) return null;
  if (tensor.elementCount > mostElements) return null;
  const clamp = (value: number): number =>
    Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
  return [...tensor.toFloat64()].map(clamp);
}

function isWhole(dtype: DataType): boolean {
  const { kind } = dataTypes[dtype];
  return kind === 'int' || kind === 'uint' || kind === 'bool';
}

type IntegerRule = (context: RuleContext) => readonly number[] | null;

const pass: IntegerRule = ({ integers }) => integers(0);

function elementwise(compute: (a: number, b: number) => number): IntegerRule {
  return ({ integers }) => {
    const a = integers(0);
    const b = integers(1);
    if (a === null || b === null) return null;
    // Only vectors of one length, or with a scalar: all that arithmetic on shapes needs.
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return null;
    const length = a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length);
    return Array.from({ length }, (_, at) =>
      compute(a[a.length === 1 ? 0 : at] ?? 0, b[b.length === 1 ? 0 : at] ?? 0),
    );
  };
}

/** The elements at every combination of the picked indices of each axis. */
function pickAll(
  data: readonly number[],
  sizes: readonly number[],
  picks: readonly (readonly number[])[],
): number[] {
  let offsets = [0];
  for (const [axis, indices] of picks.entries()) {
    const stride = sizes.slice(axis + 1).reduce((all, size) => all * size, 1);
    offsets = offsets.flatMap((offset) => indices.map((index) => offset + index * stride));
    if (offsets.length > mostElements) return [];
  }
  return offsets.map((offset) => data[offset] ?? 0);
}

function upTo(size: number): number[] {
  return Array.from({ length: size }, (_, at) => at);
}

const gather: IntegerRule = ({ node, sizes, integers }) => {
  const data = integers(0);
  const indices = integers(1);
  const shape = sizes(0);
  if (data === null || indices === null || shape === null) return null;
  const axis = axisOf(node.int('axis', 0), shape.length);
  const positive = indices.map((index) => (index < 0 ? index + (shape[axis ?? 0] ?? 0) : index));
  const picks = shape.map((size, at) => (at === axis ? positive : upTo(size)));
  return pickAll(data, shape, picks);
};

const slice: IntegerRule = (context) => {
  const data = context.integers(0);
  const shape = context.sizes(0);
  const ranges = shape === null ? null : sliceRanges(context, shape);
  if (data === null || shape === null || ranges === null) return null;
  const picks = shape.map(upTo);
  for (const { axis, first, step, length } of ranges) {
    picks[axis] = upTo(length).map((at) => first + at * step);
  }
  return pickAll(data, shape, picks);
};

const transpose: IntegerRule = ({ node, sizes, integers }) => {
  const data = integers(0);
  const shape = sizes(0);
  if (data === null || shape === null) return null;
  if (shape.length < 2) return data;
  const isSwap = shape.length === 2 && (node.ints('perm')?.[0] ?? 1) === 1;
  if (!isSwap) return null;
  const [rows = 0, columns = 0] = shape;
  return upTo(data.length).map((at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0);
};

const concat: IntegerRule = ({ node, integers }) => {
  const parts = node.inputs.map((_, index) => integers(index));
  const known = parts.filter((part) => part !== null);
  return known.length === parts.length ? known.flat() : null;
};

/** Over all elements, which is what exporters use it for. */
const reduceProduct: IntegerRule = ({ node, sizes, integers }) =>
  sizes(0)?.length === 1 && node.inputs.length > 0
    ? (integers(0)?.reduce<number[]>(([all = 1], size) => [all * size], [1]) ?? null)
    : null;

const constantOfShape: IntegerRule = ({ node, integers }) => {
  const length = integers(0);
  if (length === null || length.length > 1 || (length[0] ?? 1) > mostElements) return null;
  const fill = integersOf(node.tensor('value') ?? null)?.[0];
  return fill === undefined ? null : Array.from({ length: length[0] ?? 1 }, () => fill);
};

const range: IntegerRule = ({ integers }) => {
  const [start, limit, step] = [integers(0)?.[0], integers(1)?.[0], integers(2)?.[0]];
  if (start === undefined || limit === undefined || !step) return null;
  const length = Math.max(0, Math.ceil((limit - start) / step));
  return length > mostElements ? null : Array.from({ length }, (_, at) => start + at * step);
};

const constant: IntegerRule = ({ node }) =>
  node.ints('value_ints') ?? (node.attribute('value_int') ? [node.int('value_int', 0)] : null);

const rules: Readonly<Record<string, IntegerRule>> = {
  Shape: ({ node, sizes }) => sizes(0)?.slice(node.int('start', 0), node.int('end', 1e6)) ?? null,
  Size: ({ sizes }) => {
    const all = sizes(0);
    return all === null ? null : [all.reduce((product, size) => product * size, 1)];
  },
  Constant: constant,
  Identity: pass,
  Cast: pass,
  Squeeze: pass,
  Unsqueeze: pass,
  Reshape: pass,
  Gather: gather,
  Transpose: transpose,
  Slice: slice,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Range: range,
  ReduceProd: reduceProduct,
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: elementwise((a, b) => (b === 0 ? 0 : Math.trunc(a / b))),
  Mod: elementwise((a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b))),
  Max: elementwise(Math.max),
  Min: elementwise(Math.min),
  Equal: elementwise((a, b) => (a === b ? 1 : 0)),
  Less: elementwise((a, b) => (a < b ? 1 : 0)),
  LessOrEqual: elementwise((a, b) => (a <= b ? 1 : 0)),
  Greater: elementwise((a, b) => (a > b ? 1 : 0)),
  GreaterOrEqual: elementwise((a, b) => (a >= b ? 1 : 0)),
  And: elementwise((a, b) => (a !== 0 && b !== 0 ? 1 : 0)),
  Or: elementwise((a, b) => (a !== 0 || b !== 0 ? 1 : 0)),
  Not: ({ integers }) => integers(0)?.map((value) => (value === 0 ? 1 : 0)) ?? null,
};

/**
 * Elements of a node's output that follow from shapes and constants alone (as exporters compute the
 * target of a Reshape), or null.
 */
export function foldIntegers(context: RuleContext): readonly number[] | null {
  if (context.node.domain !== '') return null;
  const { opType } = context.node;
  const result = Object.hasOwn(rules, opType) ? (rules[opType]?.(context) ?? null) : null;
  return result !== null && result.length <= mostElements ? result : null;
}
