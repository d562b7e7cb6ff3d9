import { operatorName } from '../checks/index.ts';
import type { Graph, Node, Value } from '../graph/index.ts';
import { readsOf } from '../graph/index.ts';
import type { ModelMatch, Side, ValuePair } from '../matching/index.ts';

/** So many nodes are named, of each model. */
const mostNamed = 3;

/** Between two compared values there may be a whole model that was written otherwise. */
const mostWalked = 64;

/**
 * Names the nodes that one model has between the values that were compared and the node that makes
 * this one, where the other model has none, or others: what was added, removed or replaced.
 *
 * @returns Null where the node reads the same in both, as far as is known.
 */
export function nodesBetween(
  { reference, candidate }: ValuePair,
  compared: readonly ValuePair[],
  { before, after }: ModelMatch,
): string | null {
  const known = [
    new Set(compared.map((pair) => pair.reference)),
    new Set(compared.map((pair) => pair.candidate)),
  ] as const;
  const [one, other] = [
    walkBack(reference.producer, known[0], before),
    walkBack(candidate.producer, known[1], after),
  ];
  const operators = [one, other].map((nodes) => nodes.map(operatorName).toSorted().join());
  if (operators[0] === operators[1]) return null;
  return `before it, the reference has ${namesOf(one)} and the candidate ${namesOf(other)}`;
}

/** Nodes behind what a node reads, up to values that were compared. */
function walkBack(start: Node | null, known: ReadonlySet<Value>, side: Side): Node[] {
  const found = new Set<Node>();
  const graph: Graph = side.model.graph;
  const stack = start === null ? [] : [...readsOf(start, graph)];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const { producer } = value;
    if (producer === null || found.has(producer) || known.has(value)) continue;
    if (side.leaf(value) !== null || found.size >= mostWalked) continue;
    found.add(producer);
    stack.push(...readsOf(producer, graph));
  }
  return [...found];
}

function namesOf(nodes: readonly Node[]): string {
  if (nodes.length === 0) return 'nothing';
  const more = nodes.length > mostNamed ? ` and ${nodes.length - mostNamed} more` : '';
  const names = nodes.slice(0, mostNamed).map((node) => node.label);
  return names.join(', ') + more;
}
