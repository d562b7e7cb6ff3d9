import type { Node } from '../graph/index.ts';
import {
  attributeKey,
  compareTensors,
  inputPairs,
  type Leaf,
  type ModelMatch,
  type Side,
  type TensorDifference,
} from '../matching/index.ts';
import { formatInteger, formatNumber } from '../report/index.ts';
import { type Tensor, toFloat64 } from '../tensor/index.ts';

/** What differs between two nodes themselves, inputs apart. */
export interface NodeDifference {
  /** In words: `constant "conv1.weight" differs: 1 of 432 elements, by up to 3.1e-3`. */
  readonly text: string;
  /** Whether the difference is more than another rounding of the same would be. */
  readonly isBeyondRounding: boolean;
}

/** Constants may differ by so much of their greatest element without anyone having changed them. */
const constantRounding = 1e-6;

/** Larger constants are not looked through for their greatest element. */
const mostElements = 2 ** 26;

/**
 * Compares the operators, attributes and constants of two nodes that make the same value. Constants
 * in subgraphs are compared in their order.
 *
 * @throws MlkitError when constants cannot be read.
 */
export function compareNode(
  reference: Node,
  candidate: Node,
  match: ModelMatch,
): readonly NodeDifference[] {
  if (operatorOf(reference) !== operatorOf(candidate)) return [];
  return [
    ...attributeDifferences(reference, candidate, match),
    ...constantPairs(reference, candidate, match).flatMap(([a, b]) => constantDifference(a, b)),
  ];
}

function operatorOf({ domain, opType, overload }: Node): string {
  return JSON.stringify([domain, opType, overload]);
}

function attributeDifferences(
  reference: Node,
  candidate: Node,
  { before, after }: ModelMatch,
): NodeDifference[] {
  // Another version of an operator may say the same with other attributes.
  if (before.opset(reference) !== after.opset(candidate)) return [];
  const [left, right] = [before.attributes(reference), after.attributes(candidate)];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((name) => {
    const [one, other] = [left.get(name), right.get(name)];
    if (one && other && attributeKey(one) === attributeKey(other)) return [];
    return [{ text: `attribute "${name}" differs`, isBeyondRounding: true }];
  });
}

function constantPairs(
  reference: Node,
  candidate: Node,
  match: ModelMatch,
): (readonly [Leaf, Leaf])[] {
  const { before, after, pairing } = match;
  const direct = inputPairs(reference, candidate, { before, after, pairing }).pairs.flatMap(
    ([a, b]) => {
      const [one, other] = [a && before.leaf(a), b && after.leaf(b)];
      return one && other ? [[one, other] as const] : [];
    },
  );
  const [inside, there] = [innerConstants(reference, before), innerConstants(candidate, after)];
  if (inside.length !== there.length) return direct;
  return [...direct, ...inside.map((leaf, at) => [leaf, there[at] as Leaf] as const)];
}

/** Constants that nodes in the subgraphs of a node read. */
function innerConstants(node: Node, side: Side): Leaf[] {
  return node.subgraphs.flatMap((graph) =>
    side
      .nodes(graph)
      .flatMap((inner) => [
        ...inner.inputs.flatMap((input) => (input && side.leaf(input)) ?? []),
        ...innerConstants(inner, side),
      ]),
  );
}

function constantDifference(reference: Leaf, candidate: Leaf): NodeDifference[] {
  const name = `constant "${reference.value.name}"`;
  const [one, other] = [typeText(reference), typeText(candidate)];
  if (one !== other) {
    return [{ text: `${name} is ${one} here and ${other} there`, isBeyondRounding: true }];
  }
  return reference.tensors.flatMap((tensor, at) => {
    const there = candidate.tensors[at];
    const found = there === undefined ? null : difference(tensor, there);
    if (found === null) return [];
    const { differing, maxAbsDifference } = found;
    const many =
      differing === null
        ? ''
        : `: ${formatInteger(differing)} of ${formatInteger(tensor.elementCount)} elements`;
    const much = maxAbsDifference === null ? '' : `, by up to ${formatNumber(maxAbsDifference)}`;
    return [
      { text: `${name} differs${many}${much}`, isBeyondRounding: isBeyondRounding(tensor, found) },
    ];
  });
}

function typeText({ dtype, dims }: Leaf): string {
  return `${dtype ?? '?'}[${dims.join(', ')}]`;
}

function difference(a: Tensor, b: Tensor): TensorDifference | null {
  const steps = compareTensors(a, b);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function isBeyondRounding(tensor: Tensor, { maxAbsDifference }: TensorDifference): boolean {
  if (maxAbsDifference === null || tensor.elementCount > mostElements) return true;
  const data = tensor.data();
  const values =
    data instanceof Float32Array || data instanceof Float64Array
      ? data
      : toFloat64(tensor.dtype, data);
  let scale = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > scale && size !== Number.POSITIVE_INFINITY) scale = size;
  }
  return maxAbsDifference > constantRounding * scale;
}
