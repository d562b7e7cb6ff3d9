import type { Node, Value } from '../../graph/index.ts';
import type { CostCall, Sizes } from '../../ops/index.ts';
import { hasAnonymous, type Size, sameSize } from '../../symbolic/index.ts';
import { dataTypeFromCode } from '../../tensor/index.ts';
import type { GraphCheck, GraphFacts } from '../graph-facts.ts';
import { operatorList } from './operator-list.ts';

export const noOp: GraphCheck<'no-op'> = {
  codes: ['no-op'],
  severity: 'info',
  summary: 'nodes that give what they are given: Identity, Cast to the same type, and so on',
  run(facts) {
    const nodes = facts.nodes
      .filter(({ node, definition }) => definition === null && node.domain === '')
      .map(({ node }) => node)
      .filter((node) => isNoOp(node, facts) && !isNeeded(node));
    const [first] = nodes;
    if (first === undefined) return [];
    return [
      {
        code: 'no-op',
        at: { node: first.label },
        message: `nodes that only hand on what they are given: ${operatorList(nodes)}, the first being ${first.label}`,
        fix: 'Runtimes take most of them out; leave them out for tools that do not.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

/** An output of a graph needs a node that makes it, and a name of its own. */
function isNeeded({ outputs, inputs, graph }: Node): boolean {
  const isHandedOut = outputs.some((value) => value?.isOutput === true);
  const source = inputs[0];
  const isOwn = source?.graph === graph && source.producer !== null && !source.isOutput;
  return isHandedOut && !isOwn;
}

function isNoOp(node: Node, { inference }: GraphFacts): boolean {
  const call = inference.nodeFacts(node);
  switch (node.opType) {
    case 'Identity':
      return true;
    case 'Cast':
      return isSameType(node, call);
    case 'Dropout':
      return isInference(node, call);
    case 'Transpose':
      return isUntransposed(node, call);
    case 'Reshape':
    case 'Expand':
      return sameSizes(call.shape(0), call.outputShape(0));
    default:
      return false;
  }
}

function isSameType(node: Node, call: CostCall): boolean {
  const to = node.attribute('to');
  if (to?.type !== 'int') return false;
  const target = dataTypeFromCode(Number(to.value))?.name;
  return target !== undefined && target === call.elementType(0);
}

/** Only the first output is used, and nothing trains. */
function isInference(node: Node, call: CostCall): boolean {
  const isMaskUsed = (node.outputs[1]?.uses.size ?? 0) > 0;
  if (isMaskUsed) return false;
  if (call.opset < 7) return node.attribute('is_test')?.type === 'int';
  return !call.has(2) || call.numbers(2)?.[0] === 0;
}

/** Of order 0, 1, 2 and so on, or the reverse of the Transpose before it. */
function isUntransposed(node: Node, call: CostCall): boolean {
  const own = orderOf(node, call.outputShape(0));
  if (own === null) return false;
  if (own.every((axis, at) => axis === at)) return true;
  const before: Value | null = node.inputs[0] ?? null;
  const source = before?.producer ?? null;
  if (source?.opType !== 'Transpose' || source.domain !== '') return false;
  const first = orderOf(source, call.shape(0));
  return first?.length === own.length && own.every((axis, at) => first[axis] === at);
}

function orderOf(node: Node, shape: Sizes | null): readonly number[] | null {
  const perm = node.attribute('perm');
  if (perm?.type === 'ints') return perm.value.map(Number);
  return shape?.map((_, axis) => shape.length - 1 - axis) ?? null;
}

function sameSizes(a: Sizes | null, b: Sizes | null): boolean {
  if (a === null || b === null || a.length !== b.length) return false;
  return a.every((size, at) => isSame(size, b[at]));
}

/** Two sizes that are not known may be the same symbol and yet say nothing. */
function isSame(a: Size, b: Size | undefined): boolean {
  if (b === undefined || !sameSize(a, b)) return false;
  return typeof a === 'number' || !hasAnonymous(a);
}
