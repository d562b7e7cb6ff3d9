import type { Model } from '../graph/index.ts';
import {
  type ActivationMemory,
  type CostClass,
  type Inference,
  measureActivations,
  measureWork,
  type NodeWork,
} from '../ops/index.ts';
import { add, evaluate, formatSize, type Size } from '../symbolic/index.ts';

/** A count: a number, or a polynomial over the model's symbols as text. */
export type Amount = number | string;

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
  /** Branches of If nodes; of each node the dearest is counted. */
  readonly branches: readonly {
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
  const nodes = work.nodes.toSorted((a, b) => weight(b.flops) - weight(a.flops));
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
    branches: work.branches.map(({ label, branch, macs, flops, isCounted }) => ({
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
  return typeof size === 'number' ? size : formatSize(size);
}

/** What symbols count as where costs are put in order. */
const typicalSize = 64;

function weight(size: Size): number {
  return evaluate(size, () => typicalSize) ?? 0;
}

function grouped(
  nodes: readonly NodeWork[],
  keyOf: (node: NodeWork) => string,
): Record<string, WorkReport> {
  const groups = new Map<string, { nodes: number; macs: Size; flops: Size }>();
  for (const node of nodes) {
    const key = keyOf(node);
    const group = groups.get(key) ?? { nodes: 0, macs: 0, flops: 0 };
    groups.set(key, {
      nodes: group.nodes + 1,
      macs: add(group.macs, node.macs),
      flops: add(group.flops, node.flops),
    });
  }
  const ordered = [...groups].toSorted(([, a], [, b]) => weight(b.flops) - weight(a.flops));
  return Object.fromEntries(
    ordered.map(([key, { nodes: count, macs, flops }]) => [
      key,
      { nodes: count, macs: amount(macs), flops: amount(flops) },
    ]),
  );
}
