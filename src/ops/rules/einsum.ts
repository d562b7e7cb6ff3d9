import { product, type Size } from '../../symbolic/index.ts';
import type { Call, CostCall, NodeCost, NodeFacts, OperatorRule } from '../rule.ts';
import type { Sizes } from '../types.ts';

/** What stands for the axes that `...` leaves unnamed. */
const ellipsis = '...';

/** An equation, taken apart: the labels of each operand and of the result, `...` as one label. */
interface Equation {
  readonly operands: readonly (readonly string[])[];
  /** Null: no result is given, and it follows from the operands. */
  readonly result: readonly string[] | null;
}

/** Equations longer than any of labels that are letters. */
const longestEquation = 10_000;

/** Null: it is no equation. */
function parseEquation(text: string): Equation | null {
  if (text === '' || text.length > longestEquation) return null;
  const [left = '', right, ...rest] = text.replaceAll(/\s/gu, '').split('->');
  const operands = left.split(',').map(labelsOf);
  const result = right === undefined ? null : labelsOf(right);
  const known = operands.filter((labels) => labels !== null);
  const isEquation = rest.length === 0 && known.length === operands.length;
  if (!isEquation || (right !== undefined && result === null)) return null;
  return { operands: known, result };
}

function labelsOf(term: string): readonly string[] | null {
  const labels = term.match(/\.\.\.|[a-zA-Z]/gu) ?? [];
  const isWhole = labels.join('') === term;
  const count = labels.filter((label) => label === ellipsis).length;
  return isWhole && count <= 1 ? labels : null;
}

/** What is told of operands that do not fit. */
type Tell = Pick<Call, 'reject' | 'fail'>;

const silently: Tell = { reject() {}, fail() {} };

/** The sizes that labels have, and those that `...` stands for. */
interface LabelSizes {
  readonly sizes: ReadonlyMap<string, Size>;
  readonly outer: Sizes;
}

/** Gives each label its size; null, and a contradiction, where operands do not fit the equation. */
function bindLabels(equation: Equation, shapes: readonly Sizes[], tell: Tell): LabelSizes | null {
  const sizes = new Map<string, Size>();
  let outer: Sizes = [];
  for (const [at, labels] of equation.operands.entries()) {
    const shape = shapes[at] ?? [];
    const named = labels.filter((label) => label !== ellipsis).length;
    const unnamed = shape.length - named;
    if (named < labels.length ? unnamed < 0 : unnamed !== 0) {
      tell.reject(`operand ${at} has rank ${shape.length}, the equation names ${named} of it`);
      return null;
    }
    let axis = 0;
    for (const label of labels) {
      if (label === ellipsis) {
        outer = broadcastOuter(outer, shape.slice(axis, axis + unnamed), tell);
        axis += unnamed;
        continue;
      }
      sizes.set(label, sameIndex(label, sizes.get(label) ?? 1, shape[axis] ?? 1, tell));
      axis += 1;
    }
  }
  return { sizes, outer };
}

/** What `...` stands for broadcasts from the last axis on. */
function broadcastOuter(a: Sizes, b: Sizes, tell: Tell): Sizes {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  return long.map((size, at) => sameIndex(ellipsis, size, short[at - offset] ?? 1, tell));
}

/** An index has one size in all operands, or 1, which broadcasts. */
function sameIndex(label: string, a: Size, b: Size, tell: Tell): Size {
  if (a === 1 || b === 1) return a === 1 ? b : a;
  if (typeof a !== 'number') return typeof b === 'number' ? b : a;
  if (typeof b === 'number' && b !== a) tell.fail(`index ${label} has the sizes ${a} and ${b}`);
  return a;
}

function einsum(call: Call): void {
  const equation = parseEquation(call.node.string('equation', ''));
  if (equation === null) {
    call.setTensor(0, null);
    return;
  }
  if (equation.operands.length !== call.inputCount) {
    call.reject(
      `the equation has ${equation.operands.length} operands for ${call.inputCount} inputs`,
    );
    call.setTensor(0, null);
    return;
  }
  const shapes = shapesOf(call);
  const bound = shapes && bindLabels(equation, shapes, call);
  if (bound === null) {
    const rank = equation.result?.includes(ellipsis) === false ? equation.result.length : null;
    call.setTensor(0, rank === null ? null : call.unknownSizes(rank));
    return;
  }
  const result = equation.result ?? impliedResult(equation);
  const missing = result.find((label) => label !== ellipsis && !bound.sizes.has(label));
  if (missing !== undefined) call.fail(`index ${missing} of the result is in no operand`);
  call.setTensor(
    0,
    result.flatMap((label) =>
      label === ellipsis ? bound.outer : [bound.sizes.get(label) ?? call.unknown()],
    ),
  );
}

/** Without a result, it has the labels that occur once, in order of their codes. */
function impliedResult({ operands }: Equation): readonly string[] {
  const counts = new Map<string, number>();
  for (const label of operands.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const outer = counts.has(ellipsis) ? [ellipsis] : [];
  counts.delete(ellipsis);
  const once = [...counts].filter(([, count]) => count === 1).map(([label]) => label);
  return [...outer, ...once.toSorted()];
}

function shapesOf(call: NodeFacts): Sizes[] | null {
  const shapes: Sizes[] = [];
  for (let at = 0; at < call.inputCount; at += 1) {
    const shape = call.shape(at);
    if (shape === null) return null;
    shapes.push(shape);
  }
  return shapes;
}

/** The product of the sizes of all indices: one multiplication with addition each. */
function einsumCost(call: CostCall): NodeCost | null {
  const equation = parseEquation(call.node.string('equation', ''));
  const shapes = shapesOf(call);
  if (equation === null || shapes === null) return null;
  const bound = bindLabels(equation, shapes, silently);
  if (bound === null) return null;
  const macs = product([...bound.sizes.values(), ...bound.outer]);
  return { class: 'matrix', macs, otherFlops: 0 };
}

/** Source: https://onnx.ai/onnx/operators/onnx__Einsum.html */
export const einsumRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Einsum'], infer: einsum, cost: einsumCost },
];
