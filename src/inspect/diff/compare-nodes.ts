import { operatorName } from '../../checks/index.ts';
import { type Attribute, formatType, type Node, type Value } from '../../graph/index.ts';
import {
  attributeKey,
  inputPairs,
  isSmall,
  type Leaf,
  type Pairing,
  type Side,
} from '../../matching/index.ts';
import { attributeText } from './attribute-text.ts';
import { type Differences, type PlacedGraph, subgraphPath } from './findings.ts';

/** Two graphs that correspond, and how to go on with graphs inside. */
export interface NodeComparison {
  readonly before: Side;
  readonly after: Side;
  readonly pairing: Pairing;
  readonly found: Differences;
  /** Path of the graph in the first model. */
  readonly path: string;
  readonly pathAfter: string;
  /** Notes that two constants stand in the same place. */
  readonly pairConstants: (before: Leaf, after: Leaf) => void;
  readonly compareGraphs: (before: PlacedGraph, after: PlacedGraph) => void;
}

/** Compares two nodes that correspond: attributes, inputs, outputs, subgraphs. */
export function compareNodes(a: Node, b: Node, comparison: NodeComparison): void {
  const { found, path } = comparison;
  found.matchedNodes += 1;
  if (a.name !== b.name) {
    found.renamed.push({ what: 'node', graph: path, before: a.name, after: b.name });
  }
  if (a.docString !== b.docString) found.annotate('documentation of nodes');
  if (!sameEntries(a.metadata, b.metadata)) found.annotate('metadata of nodes');
  compareVersions(a, b, comparison);
  compareAttributes(a, b, comparison);
  const { pairs, isSwapped } = inputPairs(a, b, comparison);
  if (isSwapped) found.annotate('order of operands');
  for (const [index, both] of pairs.entries()) compareInput(a, index, both, comparison);
  compareOutputs(a, b, comparison);
}

function compareVersions(a: Node, b: Node, { before, after, found }: NodeComparison): void {
  const [opsetBefore, opsetAfter] = [before.opset(a), after.opset(b)];
  if (opsetBefore === opsetAfter || before.callsFunction(a)) return;
  const [known, knownAfter] = [before.schema(a), after.schema(b)];
  // Of operators that are not known, any version may mean something else.
  const isUnknown = known === null || knownAfter === null;
  const from = isUnknown ? opsetBefore : known.since;
  const to = isUnknown ? opsetAfter : knownAfter.since;
  if (from === to) return;
  const op = operatorName(a);
  const key = `${op} ${from} ${to}`;
  const change = found.versions.get(key);
  if (change === undefined) found.versions.set(key, { before: from, after: to, nodes: 1 });
  else change.nodes += 1;
}

function compareAttributes(a: Node, b: Node, comparison: NodeComparison): void {
  const { before, after, found, path } = comparison;
  const [left, right] = [before.attributes(a), after.attributes(b)];
  const names = new Set([...left.keys(), ...right.keys()]);
  for (const attribute of names) {
    const one = left.get(attribute);
    const other = right.get(attribute);
    if (one !== undefined && other !== undefined && compareContents(one, other, a, b, comparison)) {
      continue;
    }
    // One that is left out on a side has its default there, which may be written.
    const texts = [one ?? a.attribute(attribute), other ?? b.attribute(attribute)].map((each) =>
      each === undefined ? null : attributeText(each),
    );
    const [textBefore = null, textAfter = null] = texts;
    found.attributes.push({
      graph: path,
      node: a.label,
      attribute,
      before: textBefore,
      after: textAfter,
    });
  }
}

/** Whether two attributes are the same, or hold graphs or large tensors that are compared apart. */
function compareContents(
  one: Attribute,
  other: Attribute,
  a: Node,
  b: Node,
  comparison: NodeComparison,
): boolean {
  const { path, pathAfter, found, compareGraphs } = comparison;
  if (attributeKey(one) !== attributeKey(other)) return false;
  if (one.type === 'graph' && other.type === 'graph') {
    compareGraphs(
      { graph: one.value, path: subgraphPath(path, a, one.name, null) },
      { graph: other.value, path: subgraphPath(pathAfter, b, one.name, null) },
    );
  } else if (one.type === 'graphs' && other.type === 'graphs') {
    for (const [index, graph] of one.value.entries()) {
      const counterpart = other.value[index];
      if (counterpart === undefined) continue;
      compareGraphs(
        { graph, path: subgraphPath(path, a, one.name, index) },
        { graph: counterpart, path: subgraphPath(pathAfter, b, one.name, index) },
      );
    }
  } else if (one.type === 'tensor' && other.type === 'tensor' && !isSmall(one.value)) {
    const leafOf = ({ value }: typeof one): Pick<Leaf, 'tensors' | 'dims' | 'dtype'> => ({
      tensors: [value],
      dims: value.dims,
      dtype: value.elementType,
    });
    const name = `${a.label} ${one.name}`;
    found.constants.push({ graph: path, name, before: leafOf(one), after: leafOf(other) });
  }
  return true;
}

type Both = readonly [before: Value | null, after: Value | null];

function compareInput(node: Node, index: number, both: Both, comparison: NodeComparison): void {
  if (correspond(both, comparison)) return;
  comparison.found.rewired.push({
    graph: comparison.path,
    node: node.label,
    slot: 'input',
    index,
    before: nameOf(both[0]),
    after: nameOf(both[1]),
  });
}

/** Whether two values are each other's counterparts, or why not has been told already. */
export function correspond([a, b]: Both, comparison: NodeComparison): boolean {
  const { before, after, pairing, pairConstants } = comparison;
  if (a === null || b === null) return a === b;
  const leaf = before.leaf(a);
  const other = after.leaf(b);
  if (leaf !== null && other !== null) {
    pairConstants(leaf, other);
    return true;
  }
  if (pairing.value(a) === b) return true;
  // A name that nothing defines is the same in both.
  if (!a.isDefined && !b.isDefined && a.name === b.name) return true;
  return isLone(a, before, pairing) || isLone(b, after, pairing);
}

/** Whether a value comes from a node that only one of the models has, which is told elsewhere. */
function isLone(value: Value, side: Side, pairing: Pairing): boolean {
  const { producer } = value;
  if (producer === null || side.isConstant(producer)) return false;
  return pairing.node(producer) === undefined && pairing.value(value) === undefined;
}

function compareOutputs(a: Node, b: Node, comparison: NodeComparison): void {
  const { found, path, pairing } = comparison;
  const outputs = Math.max(a.outputs.length, b.outputs.length);
  for (let index = 0; index < outputs; index += 1) {
    const one = a.outputs[index] ?? null;
    const other = b.outputs[index] ?? null;
    if (one !== null && other !== null) {
      if (pairing.value(one) === other) compareValues(one, other, path, found);
      continue;
    }
    // An output that nobody reads may as well be left out.
    const given = one ?? other;
    if (given === null || given.uses.size === 0) continue;
    const [before, after] = [nameOf(one), nameOf(other)];
    found.rewired.push({ graph: path, node: a.label, slot: 'output', index, before, after });
  }
}

function nameOf(value: Value | null): string | null {
  return value === null ? null : value.name;
}

/** Names, types and texts of two values that correspond and are no inputs or outputs of models. */
export function compareValues(one: Value, other: Value, path: string, found: Differences): void {
  const isOutput = one.isOutput && one.graph.kind === 'main';
  if (one.name !== other.name) {
    const what = one.isInput ? 'input' : isOutput ? 'output' : 'value';
    found.renamed.push({ what, graph: path, before: one.name, after: other.name });
  }
  const isInterface = one.graph.kind === 'main' && (one.isInput || isOutput);
  if (!isInterface && formatType(one.type) !== formatType(other.type)) {
    found.annotate('declared types of values');
  }
  if (one.docString !== other.docString) found.annotate('documentation of values');
  if (!sameEntries(one.metadata, other.metadata)) found.annotate('metadata of values');
}

export function sameEntries(
  a: readonly (readonly [string, string])[],
  b: readonly (readonly [string, string])[],
): boolean {
  return (
    a.length === b.length && a.every(([key, value], at) => key === b[at]?.[0] && value === b[at][1])
  );
}
