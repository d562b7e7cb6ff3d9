import type { Graph, Model, Node } from '../../graph/index.ts';
import { add, evaluate, multiply, type Size, symbol } from '../../symbolic/index.ts';
import type { Frame } from '../engine/frame.ts';
import type { Inference } from '../infer-types.ts';
import type { CostCall, CostClass, NodeCost } from '../rule.ts';
import { findRule } from '../rules/index.ts';

/** Work, by the definitions of the rules: floating-point operations are 2 a MAC and the others. */
export interface Work {
  readonly macs: Size;
  readonly flops: Size;
}

/** What one node costs, each time that it stands in the execution of the model. */
export interface NodeWork extends Work {
  /** Path of the graph. */
  readonly graph: string;
  readonly label: string;
  /** `Conv`, `com.microsoft.Gelu`. */
  readonly op: string;
  readonly class: CostClass;
  /** How often it runs, where that is known; by a symbol of its loop where it is not. */
  readonly times: Size;
}

/** A branch of an If, of which one counts: the one that costs more. */
export interface BranchWork extends Work {
  readonly label: string;
  readonly branch: string;
  readonly isCounted: boolean;
}

export interface ModelWork extends Work {
  /** The nodes that cost something, in the order in which they run. */
  readonly nodes: readonly NodeWork[];
  readonly branches: readonly BranchWork[];
  /** Nodes by operator whose cost cannot be told, because sizes or the operator are not known. */
  readonly unknown: ReadonlyMap<string, number>;
}

interface GraphWork extends Work {
  readonly nodes: readonly NodeWork[];
}

/**
 * What one run of the model costs. Bodies of functions count at each call, those of loops as often
 * as they run: a loop whose number of trips is not constant has a symbol for it, `trips(NAME)`.
 */
export function measureWork(model: Model, inference: Inference): ModelWork {
  const meter = new WorkMeter(inference);
  const { macs, flops, nodes } = meter.ofGraph(model.graph, inference.main, 1, 'main');
  return { macs, flops, nodes, branches: meter.branches, unknown: meter.unknown };
}

/** What symbols count as where one of two costs must be chosen. */
const typicalSize = 64;

class WorkMeter {
  readonly branches: BranchWork[] = [];
  readonly unknown: Map<string, number> = new Map();
  readonly #inference: Inference;

  constructor(inference: Inference) {
    this.#inference = inference;
  }

  ofGraph(graph: Graph, frame: Frame, times: Size, path: string): GraphWork {
    return total(graph.nodes.map((node) => this.#ofNode(node, frame, times, path)));
  }

  #ofNode(node: Node, frame: Frame, times: Size, path: string): GraphWork {
    const call = frame.calls.get(node);
    const definition = call && node.graph.model.functions.find((each) => isCalled(node, each));
    if (call !== undefined && definition !== undefined) {
      return this.ofGraph(definition.body, call, times, `${path}/${labelOf(node)}`);
    }
    const facts = this.#inference.nodeFacts(node, frame);
    const subgraphs = facts.node.attributes.filter((each) => each.type === 'graph');
    if (subgraphs.length === 0) return this.#ofOperator(facts, times, path);
    const inner = `${path}/${labelOf(node)}`;
    if (node.opType === 'If') {
      const branches = subgraphs.map(({ name, value }) => ({
        name,
        work: this.ofGraph(value, frame, times, `${inner}:${name}`),
      }));
      const flops = branches.map(({ work }) => typical(work.flops));
      const dearest = flops.indexOf(Math.max(...flops));
      for (const [at, { name, work }] of branches.entries()) {
        const { macs, flops: each } = work;
        const isCounted = at === dearest;
        this.branches.push({ label: node.label, branch: name, macs, flops: each, isCounted });
      }
      return branches[dearest]?.work ?? total([]);
    }
    const trips = multiply(times, tripsOf(facts));
    return total(
      subgraphs.map(({ name, value }) => this.ofGraph(value, frame, trips, `${inner}:${name}`)),
    );
  }

  #ofOperator(facts: CostCall, times: Size, path: string): GraphWork {
    const { node } = facts;
    const op = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
    const cost = costOf(facts);
    if (cost === null) {
      this.unknown.set(op, (this.unknown.get(op) ?? 0) + 1);
      return total([]);
    }
    const macs = multiply(times, cost.macs);
    const flops = add(multiply(2, macs), multiply(times, cost.otherFlops));
    if (macs === 0 && flops === 0) return { macs, flops, nodes: [] };
    const row: NodeWork = {
      graph: path,
      label: node.label,
      op,
      class: cost.class,
      times,
      macs,
      flops,
    };
    return { macs, flops, nodes: [row] };
  }
}

/** What a node costs by its operator's rule; null where that cannot be told. */
export function costOf(facts: CostCall): NodeCost | null {
  return findRule(facts.node.domain, facts.node.opType)?.cost(facts) ?? null;
}

function total(parts: readonly GraphWork[]): GraphWork {
  let macs: Size = 0;
  let flops: Size = 0;
  for (const part of parts) {
    macs = add(macs, part.macs);
    flops = add(flops, part.flops);
  }
  return { macs, flops, nodes: parts.flatMap((each) => each.nodes) };
}

function isCalled(
  node: Node,
  { domain, name, overload }: { domain: string; name: string; overload: string },
): boolean {
  return node.domain === domain && node.opType === name && node.overload === overload;
}

function typical(size: Size): number {
  return evaluate(size, () => typicalSize) ?? 0;
}

function labelOf(node: Node): string {
  return node.name === '' ? node.opType : node.name;
}

/** How often a node runs its body. */
function tripsOf(facts: CostCall): Size {
  const { node } = facts;
  const unknown = (): Size => symbol(`trips(${labelOf(node)})`);
  if (node.opType === 'Loop') {
    const [most] = facts.numbers(0) ?? [];
    const goesOn = !facts.has(1) || facts.numbers(1)?.[0] === 1;
    return most !== undefined && goesOn ? Math.max(0, most) : unknown();
  }
  if (node.opType === 'Scan') {
    const scanned = node.int('num_scan_inputs', 1);
    const [axis = 0] = node.ints('scan_input_axes') ?? [];
    const shape = facts.shape(facts.inputCount - scanned);
    // Version 8 has the batch in front.
    const at = facts.opset < 9 ? 1 : axis < 0 ? axis + (shape?.length ?? 0) : axis;
    return shape?.[at] ?? unknown();
  }
  return unknown();
}
