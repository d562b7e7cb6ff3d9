import type { Model } from '../graph/index.ts';
import {
  type ActivationMemory,
  type CostClass,
  type Inference,
  measureActivations,
  measureWork,
  type NodeWork,
} from '../ops/index.ts';
import { evaluate, formatSize, type Size, sum, symbolsOf } from '../symbolic/index.ts';

/**
 * A count: a number, or a polynomial over the model's symbols as text. Null: one of so many unknown
 * sizes that it is not written out.
 */
export type Amount = number | string | null;

interface WorkReport {
  readonly nodes: number;
  readonly macs: Amount;
  readonly flops: Amount;
}

/** What running the model once costs. */
export interface CostReport {
  /** Multiply-accumulate operations. */
  readonly macs: Amount;
  /** Floating-point operations: 2 a MAC, and those of everything else. */
  readonly flops: Amount;
  /** Memory for activations, with reuse in place; weights are not in it. */
  readonly peakActivationBytes: Amount;
  readonly activations: {
    readonly lowerBoundBytes: Amount;
    readonly withoutInPlaceBytes: Amount;
    readonly totalBytes: Amount;
    /** Values of unknown size, which count as nothing. */
    readonly unknownValues: number;
  };
  /** Dearest first. */
  readonly byOperator: Readonly<Record<string, WorkReport>>;
  readonly byClass: Readonly<Partial<Record<CostClass, WorkReport>>>;
  /** Dearest first; nodes that cost nothing are left out. */
  readonly byNode: readonly {
    readonly graph: string;
    readonly node: string;
    readonly op: string;
    readonly class: CostClass;
    readonly times: Amount;
    readonly macs: Amount;
    readonly flops: Amount;
  }[];
  /** Branches of If nodes; of each, the one that is taken or costs most is counted. */
  readonly branches: readonly {
    readonly graph: string;
    readonly node: string;
    readonly branch: string;
    readonly macs: Amount;
    readonly flops: Amount;
    readonly isCounted: boolean;
  }[];
  /** Nodes by operator whose cost cannot be told. */
  readonly unknown: Readonly<Record<string, number>>;
}

/** What running a model once costs, by node, operator and class. */
export function describeCost(model: Model, inference: Inference): CostReport {
  const work = measureWork(model, inference);
  const memory = measureActivations(model, inference);
  const nodes = dearestFirst(work.nodes, (node) => node.flops);
  return {
    macs: amount(work.macs),
    flops: amount(work.flops),
    peakActivationBytes: amount(memory.peakBytes),
    activations: describeMemory(memory),
    byOperator: grouped(nodes, (each) => each.op),
    byClass: grouped(nodes, (each) => each.class),
    byNode: nodes.map(({ graph, label, op, class: kind, times, macs, flops }) => ({
      graph,
      node: label,
      op,
      class: kind,
      times: amount(times),
      macs: amount(macs),
      flops: amount(flops),
    })),
    branches: work.branches.map(({ graph, label, branch, macs, flops, isCounted }) => ({
      graph,
      node: label,
      branch,
      macs: amount(macs),
      flops: amount(flops),
      isCounted,
    })),
    unknown: Object.fromEntries(work.unknown),
  };
}

function describeMemory(memory: ActivationMemory): CostReport['activations'] {
  return {
    lowerBoundBytes: amount(memory.lowerBoundBytes),
    withoutInPlaceBytes: amount(memory.peakWithoutInPlaceBytes),
    totalBytes: amount(memory.totalBytes),
    unknownValues: memory.unknownValues,
  };
}

function amount(size: Size): Amount {
  if (typeof size === 'number') return size;
  for (const name of symbolsOf(size)) if (name.startsWith(tooLargeMark)) return null;
  return formatSize(size);
}

/** How the names of symbols start that stand for expressions that grew too large. */
const tooLargeMark = '?~';

/** What symbols count as where costs are put in order. */
const typicalSize = 64;

function dearestFirst<Item>(items: Iterable<Item>, flopsOf: (item: Item) => Size): Item[] {
  return Array.from(items, (item) => {
    return { item, weight: evaluate(flopsOf(item), () => typicalSize) ?? 0 };
  })
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ item }) => item);
}

function grouped(
  nodes: readonly NodeWork[],
  keyOf: (node: NodeWork) => string,
): Record<string, WorkReport> {
  const groups = new Map<string, NodeWork[]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  const totals = Array.from(groups, ([key, group]) => {
    const macs = sum(group.map((each) => each.macs));
    return { key, nodes: group.length, macs, flops: sum(group.map((each) => each.flops)) };
  });
  return Object.fromEntries(
    dearestFirst(totals, (each) => each.flops).map(({ key, nodes: count, macs, flops }) => [
      key,
      { nodes: count, macs: amount(macs), flops: amount(flops) },
    ]),
  );
}
