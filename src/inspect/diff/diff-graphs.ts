import type { Node, Value } from '../../graph/index.ts';
import {
  isSmall,
  type Leaf,
  type MatchSettings,
  matchNodes,
  type PairedInterface,
  pairInterface,
  sampleOf,
  tensorKey,
} from '../../matching/index.ts';
import { compareDefaults, compareInterface } from './compare-interface.ts';
import {
  compareNodes,
  compareValues,
  correspond,
  type NodeComparison,
  sameEntries,
} from './compare-nodes.ts';
import type { Differences, PlacedGraph } from './findings.ts';
import type { LoneConstant } from './report.ts';

/** Compares two graphs that correspond, and the graphs inside. */
export function diffGraphs(
  before: PlacedGraph,
  after: PlacedGraph,
  settings: MatchSettings,
  found: Differences,
): void {
  const { pairing } = settings;
  const isMain = before.graph.kind === 'main';
  const inputs = pairInterface(
    settings.before.formalInputs(before.graph),
    settings.after.formalInputs(after.graph),
    isMain,
  );
  const outputs = pairInterface(before.graph.outputs, after.graph.outputs, isMain);
  for (const pair of inputs.pairs) pairing.pairValues(pair.before, pair.after);
  if (isMain) compareInterface(inputs, outputs, found);
  else compareCounts(inputs, outputs, before.path, found);
  const replaced = matchNodes(settings, before.graph, after.graph, outputs);
  for (const [a, b] of replaced) {
    found.replaced.push({ graph: before.path, before: a.label, after: b.label });
  }
  for (const pair of inputs.pairs) compareValues(pair.before, pair.after, before.path, found);
  const constants = new ConstantPairs(before, after, settings, found);
  const comparison: NodeComparison = {
    before: settings.before,
    after: settings.after,
    pairing,
    found,
    path: before.path,
    pathAfter: after.path,
    pairConstants: (a, b) => constants.pair(a, b),
    compareGraphs: (a, b) => diffGraphs(a, b, settings, found),
  };
  for (const node of settings.before.nodes(before.graph)) {
    const other = pairing.node(node);
    if (other !== undefined) compareNodes(node, other, comparison);
  }
  compareReturned(outputs, comparison);
  noteLoneNodes(before, after, replaced, settings, found);
  constants.finish();
  if (isMain) compareDefaults(settings.before, settings.after, pairing, found.inputs);
  noteOrder(before, settings, after, found);
  if (before.graph.docString !== after.graph.docString) found.annotate('documentation of graphs');
  if (!sameEntries(before.graph.metadata, after.graph.metadata))
    found.annotate('metadata of graphs');
}

/** Subgraphs and functions are called by position. */
function compareCounts(
  inputs: PairedInterface,
  outputs: PairedInterface,
  path: string,
  found: Differences,
): void {
  for (const [slot, { pairs, removed, added }] of [
    ['input', inputs],
    ['output', outputs],
  ] as const) {
    for (const [offset, value] of removed.entries()) {
      const index = pairs.length + offset;
      found.rewired.push({ graph: path, node: null, slot, index, before: value.name, after: null });
    }
    for (const [offset, value] of added.entries()) {
      const index = pairs.length + offset;
      found.rewired.push({ graph: path, node: null, slot, index, before: null, after: value.name });
    }
  }
}

function compareReturned({ pairs }: PairedInterface, comparison: NodeComparison): void {
  const { found, path, before, after } = comparison;
  for (const pair of pairs) {
    if (!correspond([pair.before, pair.after], comparison)) {
      const [one, other] = [pair.before.name, pair.after.name];
      const index = pair.beforeIndex;
      found.rewired.push({
        graph: path,
        node: null,
        slot: 'output',
        index,
        before: one,
        after: other,
      });
      continue;
    }
    // Names of other outputs are compared with their nodes.
    const isOfNodes = comparison.pairing.value(pair.before) === pair.after;
    const isConstant = before.leaf(pair.before) !== null && after.leaf(pair.after) !== null;
    if (isOfNodes || isConstant || pair.before.name === pair.after.name) continue;
    found.renamed.push({
      what: 'output',
      graph: path,
      before: pair.before.name,
      after: pair.after.name,
    });
  }
}

function noteLoneNodes(
  before: PlacedGraph,
  after: PlacedGraph,
  replaced: readonly (readonly [Node, Node])[],
  settings: MatchSettings,
  found: Differences,
): void {
  const { pairing } = settings;
  const known = new Set<Node>(replaced.flat());
  for (const node of settings.before.nodes(before.graph)) {
    if (pairing.node(node) === undefined && !known.has(node)) {
      found.nodesRemoved.push({ graph: before.path, node });
    }
  }
  for (const node of settings.after.nodes(after.graph)) {
    if (pairing.node(node) === undefined && !known.has(node)) {
      found.nodesAdded.push({ graph: after.path, node });
    }
  }
}

/** Nodes that run in another order, of those that both have. */
function noteOrder(
  before: PlacedGraph,
  { before: left, after: right, pairing }: MatchSettings,
  after: PlacedGraph,
  found: Differences,
): void {
  const places = new Map(after.graph.nodes.map((node, at) => [node, at]));
  let last = -1;
  for (const node of before.graph.nodes) {
    const other = left.isConstant(node) ? undefined : pairing.node(node);
    const at = other === undefined || right.isConstant(other) ? undefined : places.get(other);
    if (at === undefined) continue;
    if (at < last) {
      found.reordered.push(before.path);
      return;
    }
    last = at;
  }
}

/** The constants of two graphs: which ones correspond, and which ones only one has. */
class ConstantPairs {
  readonly #before: PlacedGraph;
  readonly #after: PlacedGraph;
  readonly #settings: MatchSettings;
  readonly #found: Differences;
  readonly #seen = new Map<Value, Set<Value>>();
  readonly #known = new Set<Value>();

  constructor(
    before: PlacedGraph,
    after: PlacedGraph,
    settings: MatchSettings,
    found: Differences,
  ) {
    this.#before = before;
    this.#after = after;
    this.#settings = settings;
    this.#found = found;
  }

  /** Two constants that nodes which correspond read in the same place. */
  pair(a: Leaf, b: Leaf): void {
    const others = this.#seen.get(a.value);
    if (others?.has(b.value) === true) return;
    if (others === undefined) this.#seen.set(a.value, new Set([b.value]));
    else others.add(b.value);
    const graph = this.#before.path;
    const { pairing } = this.#settings;
    this.#known.add(a.value).add(b.value);
    const { name } = a.value;
    this.#found.constants.push({ graph, name, before: a, after: b });
    if (pairing.value(a.value) !== undefined || pairing.value(b.value) !== undefined) return;
    pairing.pairValues(a.value, b.value);
    if (name !== b.value.name) {
      this.#found.renamed.push({ what: 'constant', graph, before: name, after: b.value.name });
    }
    if (a.place !== b.place) {
      this.#found.moved.push({ graph, name, before: a.place, after: b.place });
    }
    if (a.value.docString !== b.value.docString) this.#found.annotate('documentation of values');
    if (!sameEntries(a.value.metadata, b.value.metadata)) {
      this.#found.annotate('metadata of values');
    }
    const texts = ({ tensors }: Leaf): string =>
      JSON.stringify(tensors.map((each) => [each.docString, each.metadata]));
    if (texts(a) !== texts(b)) this.#found.annotate('texts of constants');
  }

  /** The others: by name and content, by one of them, and then those that only one graph has. */
  finish(): void {
    const { before, after, pairing } = this.#settings;
    const isLone = ({ value }: Leaf): boolean =>
      !this.#known.has(value) && pairing.value(value) === undefined;
    let left = before.constants(this.#before.graph).filter(isLone);
    let right = after.constants(this.#after.graph).filter(isLone);
    const pairBy = (keyOf: (leaf: Leaf) => string): void => {
      const others = new Map<string, Leaf[]>();
      for (const leaf of right) {
        const key = keyOf(leaf);
        const same = others.get(key);
        if (same === undefined) others.set(key, [leaf]);
        else same.push(leaf);
      }
      for (const leaf of left) {
        const key = keyOf(leaf);
        const other = key === '' ? undefined : others.get(key)?.shift();
        if (other !== undefined) this.pair(leaf, other);
      }
      left = left.filter(isLone);
      right = right.filter(isLone);
    };
    if (left.length > 0 && right.length > 0) {
      pairBy((leaf) => `${leaf.value.name} ${this.#contentOf(leaf)}`);
      pairBy((leaf) => this.#contentOf(leaf));
      pairBy((leaf) => `${leaf.value.name} ${leaf.dims.join()}`);
    }
    for (const leaf of left) {
      this.#found.constantsRemoved.push(loneConstant(leaf, this.#before.path));
    }
    for (const leaf of right) {
      this.#found.constantsAdded.push(loneConstant(leaf, this.#after.path));
    }
  }

  /** Equal for constants that are the same, as far as a glance tells; empty where it tells nothing. */
  #contentOf(leaf: Leaf): string {
    if (leaf.tensors.every((each) => isSmall(each))) {
      return leaf.tensors.map((each) => tensorKey(each)).join(' ');
    }
    const sample = this.#settings.readWeights ? sampleOf(leaf) : '';
    return sample === '' ? '' : `${leaf.dtype}[${leaf.dims.join()}] ${sample}`;
  }
}

function loneConstant({ value, dims, dtype }: Leaf, graph: string): LoneConstant {
  return { graph, name: value.name, dtype, shape: dims, isUsed: value.uses.size > 0 };
}
