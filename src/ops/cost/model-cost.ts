import type { Graph, Model, Node } from '../../graph/index.ts';
import { add, evaluate, multiply, type Size, sum, symbol } from '../../symbolic/index.ts';
import type { Frame } from '../engine/frame.ts';
import { FunctionIndex } from '../engine/function-index.ts';
import type { Inference } from '../infer-types.ts';
import type { CostCall, CostClass } from '../rule.ts';
import { costOf } from './cost-of.ts';
import { isRunOnce, tripsOf } from './trips.ts';

/** Work, by the definitions of the rules: floating-point operations are 2 a MAC and the others. */
export interface Work {
  readonly macs: Size;
  readonly flops: Size;
}

/** What one node costs, each time that it stands in the execution of the model. */
export interface NodeWork extends Work {
  /** Path of the execution: as that of the graph, but through the calls of functions. */
  readonly graph: string;
  readonly label: string;
  /** `Conv`, `com.microsoft.Gelu`. */
  readonly op: string;
  readonly class: CostClass;
  /** How often it runs, where that is known; by a symbol of its loop where it is not. */
  readonly times: Size;
}

/** A branch of an If, of which one counts: the one that is taken, else the one that costs more. */
export interface BranchWork extends Work {
  /** Path of the execution. */
  readonly graph: string;
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

/** A piece of the execution. */
interface Part extends Work {
  readonly nodes: readonly NodeWork[];
}

/** Where a graph stands in the execution. */
interface Place {
  readonly frame: Frame;
  readonly times: Size;
  readonly path: string;
}

/** What symbols count as where one of two costs must be chosen. */
const typicalSize = 64;

/**
 * What one run of the model costs. Bodies of functions count at each call, those of loops as often
 * as they run: a loop whose number of trips is not known has a symbol for it, `trips(NAME)`.
 */
export function measureWork(model: Model, inference: Inference): ModelWork {
  const meter = new WorkMeter(new FunctionIndex(model), inference);
  const place = { frame: inference.main, times: 1, path: 'main' };
  const { macs, flops, nodes } = meter.ofGraph(model.graph, place);
  return { macs, flops, nodes, branches: meter.branches, unknown: meter.unknown };
}

class WorkMeter {
  readonly branches: BranchWork[] = [];
  readonly unknown: Map<string, number> = new Map();
  readonly #inference: Inference;
  readonly #functions: FunctionIndex;

  constructor(functions: FunctionIndex, inference: Inference) {
    this.#inference = inference;
    this.#functions = functions;
  }

  ofGraph(graph: Graph, place: Place): Part {
    return total(graph.nodes.map((node) => this.#ofNode(node, place)));
  }

  #ofNode(node: Node, place: Place): Part {
    const frame = place.frame.calls.get(node);
    const definition = frame && this.#functions.calledBy(node);
    const path = `${place.path}/${labelOf(node)}`;
    if (frame !== undefined && definition !== undefined) {
      return this.ofGraph(definition.body, { ...place, frame, path });
    }
    const facts = this.#inference.nodeFacts(node, place.frame);
    const subgraphs = facts.node.attributes.filter((each) => each.type === 'graph');
    if (subgraphs.length === 0) return this.#ofOperator(facts, place);
    if (node.opType === 'If' && node.domain === '') return this.#ofBranches(facts, place, path);
    const trips =
      tripsOf(facts, (graph, at) => this.#resultOf(graph, at, place.frame)) ??
      symbol(`trips(${path.slice('main/'.length)})`);
    const times = multiply(place.times, trips);
    return total(
      subgraphs.map(({ name, value }) =>
        this.ofGraph(value, {
          ...place,
          times: isRunOnce(facts.node, name) ? place.times : times,
          path: `${path}:${name}`,
        }),
      ),
    );
  }

  #resultOf(graph: Graph, at: number, frame: Frame): ReturnType<Parameters<typeof tripsOf>[1]> {
    const value = graph.outputs[at];
    if (value === undefined) return null;
    const inference = this.#inference;
    const elements = inference.elementsOf(value, frame);
    return { type: inference.typeOf(value, frame), elements };
  }

  #ofBranches(facts: CostCall, place: Place, path: string): Part {
    const condition = facts.numbers(0)?.[0];
    const taken = condition === undefined ? null : condition === 0 ? 'else_branch' : 'then_branch';
    const branches = facts.node.attributes.flatMap(({ name, ...each }) => {
      if (each.type !== 'graph') return [];
      const meter = new WorkMeter(this.#functions, this.#inference);
      const work = meter.ofGraph(each.value, { ...place, path: `${path}:${name}` });
      return [{ name, meter, work }];
    });
    const counted =
      branches.find(({ name }) => name === taken) ??
      branches.toSorted((a, b) => typical(b.work.flops) - typical(a.work.flops))[0];
    for (const { name, meter, work } of branches) {
      const { macs, flops } = work;
      const isCounted = name === counted?.name;
      const { label } = facts.node;
      this.branches.push({ graph: place.path, label, branch: name, macs, flops, isCounted });
      if (isCounted) this.branches.push(...meter.branches);
      // Where either may be taken, which costs more is not sure.
      if (!isCounted && taken !== null) continue;
      for (const [op, nodes] of meter.unknown) this.#countUnknown(op, nodes);
    }
    return counted?.work ?? total([]);
  }

  #ofOperator(facts: CostCall, { times, path }: Place): Part {
    const { node } = facts;
    const op = node.domain === '' ? node.opType : `${node.domain}.${node.opType}`;
    const cost = costOf(facts);
    if (cost === null) {
      this.#countUnknown(op, 1);
      return total([]);
    }
    const macs = multiply(times, cost.macs);
    const flops = add(multiply(2, macs), multiply(times, cost.otherFlops));
    if (macs === 0 && flops === 0) return { macs, flops, nodes: [] };
    const { label } = node;
    const row: NodeWork = { graph: path, label, op, class: cost.class, times, macs, flops };
    return { macs, flops, nodes: [row] };
  }

  #countUnknown(op: string, nodes: number): void {
    this.unknown.set(op, (this.unknown.get(op) ?? 0) + nodes);
  }
}

function total(parts: readonly Part[]): Part {
  return {
    macs: sum(parts.map((each) => each.macs)),
    flops: sum(parts.map((each) => each.flops)),
    nodes: parts.flatMap((each) => each.nodes),
  };
}

function typical(size: Size): number {
  return evaluate(size, () => typicalSize) ?? 0;
}

/** The name of a node, or of what it makes: with those of the graphs around it, unique. */
function labelOf(node: Node): string {
  if (node.name !== '') return node.name;
  return node.outputs.find((value) => value !== null)?.name ?? node.opType;
}
