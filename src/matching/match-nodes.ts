import type { Graph, Node, Value } from '../graph/index.ts';
import { assignGroup, sampleOf, samplesOf } from './assign-group.ts';
import { isCommutative } from './commutative.ts';
import { inputPairs } from './input-pairs.ts';
import type { Leaf } from './leaf.ts';
import type { PairedInterface } from './pair-interface.ts';
import type { Pairing } from './pairing.ts';
import type { Side } from './side.ts';
import { type Interner, type KeyLevel, StructureKeys } from './structure-keys.ts';

export interface MatchSettings {
  readonly before: Side;
  readonly after: Side;
  readonly pairing: Pairing;
  readonly interner: Interner;
  /** Whether weights may be read to tell apart what is alike otherwise. */
  readonly readWeights: boolean;
}

/** Keys of the nodes of the first graph, and of the second. */
type KeysOfBoth = readonly [ReadonlyMap<Node, number>, ReadonlyMap<Node, number>];

/** The same for nodes that may correspond. */
type KindOf = (node: Node, side: 0 | 1) => string | number;

/** Passes that find nothing new end sooner; this only bounds what odd graphs cost. */
const mostRounds = 6;

/** From so many matched nodes on it can be told whether names mean the same in both models. */
const leastEvidence = 1;

/**
 * Finds which nodes of two graphs correspond, and notes it in the pairing. First those that have the
 * same above and below them; then, from what corresponds already, their neighbours; names decide
 * between equals, and alone where they have turned out to mean the same in both.
 *
 * @param outputs The outputs of the graphs that correspond.
 * @returns Nodes that stand in each other's place and have different operators.
 */
export function matchNodes(
  settings: MatchSettings,
  before: Graph,
  after: Graph,
  outputs: PairedInterface,
): readonly (readonly [Node, Node])[] {
  return new Matcher(settings, before, after, outputs).run();
}

class Matcher {
  readonly #settings: MatchSettings;
  readonly #before: Graph;
  readonly #after: Graph;
  readonly #outputs: PairedInterface;
  readonly #keys: readonly [StructureKeys, StructureKeys];
  /** Nodes without a counterpart. */
  #left: Node[];
  #right: Node[];
  /** Of matched pairs that structure alone had told, those whose first outputs share a name. */
  #sameNames = 0;
  #evidence = 0;

  constructor(settings: MatchSettings, before: Graph, after: Graph, outputs: PairedInterface) {
    this.#settings = settings;
    this.#before = before;
    this.#after = after;
    this.#outputs = outputs;
    const { pairing, interner } = settings;
    this.#keys = [
      new StructureKeys(settings.before, pairing, interner),
      new StructureKeys(settings.after, pairing, interner),
    ];
    this.#left = [...settings.before.nodes(before)];
    this.#right = [...settings.after.nodes(after)];
  }

  run(): (readonly [Node, Node])[] {
    this.#byStructure('exact');
    this.#byConstantNames();
    this.#byConstantContents();
    this.#byNeighbours((node, side) => this.#keys[side].signature(node, 'exact'));
    this.#byStructure('loose');
    if (this.#trustsNames) this.#byNames();
    this.#byNeighbours((node, side) => this.#keys[side].operator(node));
    this.#byNeighbours((node) => operatorKey(node));
    this.#byStructure('loose');
    if (!this.#trustsNames && this.#evidence === 0) this.#byNames();
    const replaced = this.#replaced();
    if (replaced.length > 0) this.#byNeighbours((node) => operatorKey(node));
    return replaced;
  }

  #isDone(): boolean {
    return this.#left.length === 0 || this.#right.length === 0;
  }

  get #trustsNames(): boolean {
    return this.#evidence < leastEvidence || this.#sameNames * 2 >= this.#evidence;
  }

  #pair(a: Node, b: Node): void {
    this.#settings.pairing.pairNodes(a, b);
  }

  #forgetPaired(): void {
    const { pairing } = this.#settings;
    this.#left = this.#left.filter((each) => pairing.node(each) === undefined);
    this.#right = this.#right.filter((each) => pairing.node(each) === undefined);
  }

  /**
   * By what is above and below, by what is above, by what is below, until nothing new comes of it.
   * Keys from before something was paired say less than new ones, but nothing wrong.
   */
  #byStructure(level: KeyLevel): void {
    for (let round = 0; round < mostRounds && !this.#isDone(); round += 1) {
      const size = this.#settings.pairing.size;
      const above = this.#forward(level);
      const below = this.#backward(level);
      this.#pairGroups((node, side) => `${above[side].get(node)}/${below[side].get(node)}`);
      if (!this.#isDone()) this.#pairGroups((node, side) => above[side].get(node) ?? -1);
      if (!this.#isDone()) this.#pairGroups((node, side) => below[side].get(node) ?? -1);
      if (this.#settings.pairing.size === size) return;
    }
  }

  #forward(level: KeyLevel): KeysOfBoth {
    return [this.#keys[0].forward(this.#before, level), this.#keys[1].forward(this.#after, level)];
  }

  #backward(level: KeyLevel): KeysOfBoth {
    const left: string[] = [];
    const right: string[] = [];
    for (const [number, { beforeIndex, afterIndex }] of this.#outputs.pairs.entries()) {
      left[beforeIndex] = `out${number}`;
      right[afterIndex] = `out${number}`;
    }
    return [
      this.#keys[0].backward(this.#before, level, left),
      this.#keys[1].backward(this.#after, level, right),
    ];
  }

  #pairGroups(keyOf: KindOf): void {
    const groups = new Map<string | number, { readonly left: Node[]; readonly right: Node[] }>();
    for (const node of this.#left) {
      const key = keyOf(node, 0);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { left: [node], right: [] });
      else group.left.push(node);
    }
    for (const node of this.#right) groups.get(keyOf(node, 1))?.right.push(node);
    const ambiguous: { left: Node[]; right: Node[] }[] = [];
    for (const group of groups.values()) {
      const { left, right } = group;
      const [a] = left;
      const [b] = right;
      if (a === undefined || b === undefined) continue;
      if (left.length > 1 || right.length > 1) ambiguous.push(group);
      else {
        this.#evidence += 1;
        if (outputName(a) === outputName(b)) this.#sameNames += 1;
        this.#pair(a, b);
      }
    }
    for (const { left, right } of ambiguous) this.#assign(left, right);
    this.#forgetPaired();
  }

  /** Pairs nodes that are alike. */
  #assign(left: readonly Node[], right: readonly Node[]): void {
    const { readWeights, before, after } = this.#settings;
    const pairs = assignGroup(left, right, {
      trustsNames: this.#trustsNames,
      samples: readWeights ? (node, side) => samplesOf(node, side === 0 ? before : after) : null,
    });
    for (const [a, b] of pairs) this.#pair(a, b);
  }

  /** Nodes of one operator that alone read a constant of the same name, type and shape. */
  #byConstantNames(): void {
    if (this.#isDone() || !this.#trustsConstantNames()) return;
    this.#byConstants((leaf) => JSON.stringify([leaf.value.name, leaf.dtype, leaf.dims]));
  }

  /** Nodes of one operator that alone read a constant of the same content: weights are unlike. */
  #byConstantContents(): void {
    if (this.#isDone() || !this.#settings.readWeights) return;
    this.#byConstants((leaf) => {
      const sample = sampleOf(leaf);
      return sample === '' ? '' : JSON.stringify([sample, leaf.dtype, leaf.dims]);
    });
  }

  /** @param keyOf What is the same for constants that make nodes correspond; empty: nothing is. */
  #byConstants(keyOf: (leaf: Leaf) => string): void {
    const readers = (nodes: readonly Node[], side: Side): Map<string, Node | null> => {
      const found = new Map<string, Node | null>();
      for (const node of nodes) {
        for (const [index, input] of node.inputs.entries()) {
          const leaf = input === null ? null : side.leaf(input);
          const key = leaf === null ? '' : keyOf(leaf);
          if (key === '') continue;
          const place = isCommutative(node) ? '' : index;
          const full = `${operatorKey(node)} ${place} ${key}`;
          found.set(full, found.has(full) ? null : node);
        }
      }
      return found;
    };
    const { before, after } = this.#settings;
    const others = readers(this.#right, after);
    for (const [key, a] of readers(this.#left, before)) {
      const b = others.get(key);
      if (a && b && this.#isFree(a, 0) && this.#isFree(b, 1)) this.#pair(a, b);
    }
    this.#forgetPaired();
  }

  /** Whether the constants of nodes that correspond have the same names more often than not. */
  #trustsConstantNames(): boolean {
    const { before, after, pairing } = this.#settings;
    let same = 0;
    let all = 0;
    for (const a of before.nodes(this.#before)) {
      const b = pairing.node(a);
      if (b === undefined) continue;
      for (const [index, input] of a.inputs.entries()) {
        const other = b.inputs[index];
        if (!input || !other || before.leaf(input) === null || after.leaf(other) === null) continue;
        all += 1;
        if (input.name === other.name) same += 1;
      }
    }
    return same * 2 >= all;
  }

  /** Nodes of one operator whose first outputs, or which themselves, have the same name. */
  #byNames(): void {
    for (const nameOf of [outputName, (node: Node): string => node.name]) {
      const named = new Map<string, Node>();
      for (const node of this.#right) {
        const name = nameOf(node);
        if (name !== '') named.set(`${operatorKey(node)} ${name}`, node);
      }
      for (const node of this.#left) {
        const key = `${operatorKey(node)} ${nameOf(node)}`;
        const other = named.get(key);
        if (other === undefined) continue;
        this.#pair(node, other);
        named.delete(key);
      }
      this.#forgetPaired();
    }
  }

  /** From what corresponds, what produces it and what reads it, if that is of one kind. */
  #byNeighbours(kindOf: KindOf): void {
    if (this.#isDone()) return;
    const queue = this.#knownValues();
    for (let at = 0; at < queue.length; at += 1) {
      const [a, b, isCertain] = queue[at] ?? [];
      if (a === undefined || b === undefined) continue;
      const found = [
        ...this.#producers(a, b, kindOf),
        ...(isCertain === true ? this.#readers(a, b, kindOf) : []),
      ];
      for (const [node, other] of found) {
        if (!this.#isFree(node, 0) || !this.#isFree(other, 1)) continue;
        this.#pair(node, other);
        this.#pushNeighbours(node, other, queue);
      }
    }
    this.#forgetPaired();
  }

  /** Values that correspond, and those that nodes which correspond read at the same place. */
  #knownValues(): [Value, Value, boolean][] {
    const { before, pairing } = this.#settings;
    const known: [Value, Value, boolean][] = [];
    for (const { before: a, after: b } of this.#outputs.pairs) known.push([a, b, false]);
    for (const input of this.#before.inputs) {
      const other = pairing.value(input);
      if (other !== undefined) known.push([input, other, true]);
    }
    for (const node of before.nodes(this.#before)) {
      const other = pairing.node(node);
      if (other !== undefined) this.#pushNeighbours(node, other, known);
      for (const output of node.outputs) {
        const counterpart =
          output === null || other !== undefined ? undefined : pairing.value(output);
        if (output !== null && counterpart !== undefined) known.push([output, counterpart, true]);
      }
      for (const value of [...node.inputs, ...before.captures(node)]) {
        if (value === null || value.graph === this.#before) continue;
        const counterpart = pairing.value(value);
        if (counterpart !== undefined) known.push([value, counterpart, true]);
      }
    }
    return known;
  }

  #pushNeighbours(a: Node, b: Node, queue: [Value, Value, boolean][]): void {
    for (const [index, output] of a.outputs.entries()) {
      const other = b.outputs[index];
      if (output && other) queue.push([output, other, true]);
    }
    for (const [input, other] of inputPairs(a, b, this.#settings).pairs) {
      if (input !== null && other !== null) queue.push([input, other, false]);
    }
  }

  #producers(a: Value, b: Value, kindOf: KindOf): [Node, Node][] {
    const { producer: left } = a;
    const { producer: right } = b;
    if (left === null || right === null || a.producerIndex !== b.producerIndex) return [];
    if (!this.#isFree(left, 0) || !this.#isFree(right, 1)) return [];
    return kindOf(left, 0) === kindOf(right, 1) ? [[left, right]] : [];
  }

  #readers(a: Value, b: Value, kindOf: KindOf): (readonly [Node, Node])[] {
    const left = this.#readersOf(a, 0, kindOf);
    if (left.size === 0) return [];
    const right = this.#readersOf(b, 1, kindOf);
    const found: (readonly [Node, Node])[] = [];
    const taken = new Set<Node>();
    for (const [key, nodes] of left) {
      const others = (right.get(key) ?? []).filter((each) => !taken.has(each));
      const free = nodes.filter((each) => !taken.has(each));
      const pairs =
        free.length === 1 && others.length === 1
          ? [[free[0], others[0]] as [Node, Node]]
          : assignGroup(free, others, { trustsNames: this.#trustsNames, samples: null });
      for (const pair of pairs) {
        found.push(pair);
        taken.add(pair[0]).add(pair[1]);
      }
    }
    return found;
  }

  #readersOf(value: Value, side: 0 | 1, kindOf: KindOf): Map<string, Node[]> {
    const found = new Map<string, Node[]>();
    for (const use of value.uses) {
      if (use.kind !== 'input' || !this.#isFree(use.node, side)) continue;
      const place = isCommutative(use.node) ? '' : use.index;
      const key = `${place} ${kindOf(use.node, side)}`;
      const nodes = found.get(key);
      if (nodes === undefined) found.set(key, [use.node]);
      else if (!nodes.includes(use.node)) nodes.push(use.node);
    }
    return found;
  }

  /** Whether a node is of the graphs that are compared here, and has no counterpart yet. */
  #isFree(node: Node, side: 0 | 1): boolean {
    const { before, after, pairing } = this.#settings;
    const graph = side === 0 ? this.#before : this.#after;
    if (node.graph !== graph || pairing.node(node) !== undefined) return false;
    return !(side === 0 ? before : after).isConstant(node);
  }

  /** Nodes of different operators whose outputs are read, or returned, at the same place. */
  #replaced(): (readonly [Node, Node])[] {
    if (this.#isDone()) return [];
    const found = new Map<Node, Node>();
    const taken = new Set<Node>();
    const replace = (a: Value | null | undefined, b: Value | null | undefined): void => {
      const left = a?.producer ?? null;
      const right = b?.producer ?? null;
      if (left === null || right === null || found.has(left) || taken.has(right)) return;
      if (!this.#isFree(left, 0) || !this.#isFree(right, 1)) return;
      found.set(left, right);
      taken.add(right);
      this.#settings.pairing.pairOutputs(left, right);
    };
    for (const { before: a, after: b } of this.#outputs.pairs) replace(a, b);
    const { before, pairing } = this.#settings;
    for (const node of before.nodes(this.#before)) {
      const other = pairing.node(node);
      if (other === undefined) continue;
      for (const [a, b] of inputPairs(node, other, this.#settings).pairs) replace(a, b);
    }
    return [...found];
  }
}

/** Nodes may correspond only if these are the same. */
function operatorKey({ domain, opType, overload }: Node): string {
  return `${domain}.${opType}:${overload}`;
}

function outputName(node: Node): string {
  return node.outputs.find((each) => each !== null)?.name ?? '';
}
