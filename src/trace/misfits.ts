import { type Graph, readsOf, type Value } from '../graph/index.ts';
import type { ModelMatch, ValuePair } from '../matching/index.ts';

/**
 * Pairs of values that share a name, or a place, and do not stand for the same: where one model has
 * folded a node into its neighbour, what lies between them is another thing. It is told by this: it
 * differs, a node that reads it is in one model only, and whatever is made of it agrees again.
 *
 * @param isOff Whether the values of a pair differ by more than rounding.
 */
export function misfits(
  pairs: readonly ValuePair[],
  match: ModelMatch,
  isOff: (pair: ValuePair) => boolean,
): ReadonlySet<ValuePair> {
  const found = new Set<ValuePair>();
  const byValue = new Map(pairs.map((pair) => [pair.reference, pair]));
  const readers = readersOf(match.before.model.graph);
  // From the end: what has turned out to be no pair tells nothing of what it is made of.
  for (const pair of pairs.toReversed()) {
    if (!isOff(pair) || !isReadApart(pair, match)) continue;
    const next = nextPairs(pair.reference, byValue, readers);
    if (next.length === 0 || next.some(isOff)) continue;
    found.add(pair);
    byValue.delete(pair.reference);
  }
  return found;
}

/** What a value's readers make, by value. */
function readersOf(graph: Graph): ReadonlyMap<Value, readonly Value[]> {
  const made = new Map<Value, Value[]>();
  for (const node of graph.nodes) {
    const outputs = node.outputs.filter((each) => each !== null);
    for (const value of readsOf(node, graph)) {
      const known = made.get(value);
      if (known === undefined) made.set(value, [...outputs]);
      else known.push(...outputs);
    }
  }
  return made;
}

/** Whether a node that reads either value has no counterpart. */
function isReadApart({ reference, candidate }: ValuePair, { pairing }: ModelMatch): boolean {
  return [reference, candidate].some((value) =>
    [...value.uses].some((use) => use.kind === 'input' && pairing.node(use.node) === undefined),
  );
}

/** The nearest compared values that are made of a value. */
function nextPairs(
  value: Value,
  pairs: ReadonlyMap<Value, ValuePair>,
  readers: ReadonlyMap<Value, readonly Value[]>,
): ValuePair[] {
  const found = new Set<ValuePair>();
  const seen = new Set<Value>();
  const open = [...(readers.get(value) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const pair = pairs.get(next);
    if (pair === undefined) open.push(...(readers.get(next) ?? []));
    else found.add(pair);
  }
  return [...found];
}
