import {
  executionOrder,
  functionKey,
  type Graph,
  graphsOf,
  type Model,
  type Node,
  walkGraphs,
  walkNodes,
} from '../../graph/index.ts';
import type { Contradiction, Inference } from '../../ops/index.ts';
import { type FrameOf, framesOf, functionBodies } from './frames.ts';
import { ignoringInvalid } from './ignoring-invalid.ts';
import { type RuntimeLimit, runtimeLimit } from './runtime-limits.ts';

/** A node that cannot work with the sizes of the inputs. */
export interface Misfit {
  readonly node: Node;
  readonly message: string;
}

/** What stands in the way of some sizes. */
export interface Misfits {
  /** The first node that will run and cannot. */
  readonly first: Misfit | null;
  /** How many nodes come before it; infinite when there is none. */
  readonly reach: number;
  /** The first node that cannot run, where it is not known whether it will. */
  readonly doubtful: Misfit | null;
  /** How many nodes are such. */
  readonly doubts: number;
}

/** Where a node stands in the order in which the model runs, and what decides whether it does. */
interface Place {
  readonly node: Node;
  readonly at: number;
  /** The branches around it, outermost first. */
  readonly branches: readonly Branch[];
}

interface Branch {
  readonly node: Node;
  readonly name: string;
}

/**
 * Tells which contradictions of an inference say that sizes do not work: those of nodes that run, that
 * the model does not have with any sizes. Where neither branch of an If works, the If does not.
 */
export class MisfitFinder {
  readonly #model: Model;
  #places: Map<string, Place> | null = null;
  #limitedNodes: readonly LimitedNode[] | null = null;

  constructor(model: Model) {
    this.#model = model;
  }

  /** @param unmendable Tells the keys of contradictions that have nothing to do with sizes. */
  find(inference: Inference, unmendable: () => ReadonlySet<string>): Misfits {
    const frameOf = framesOf(this.#model, inference.main);
    const taken: IsTaken = (branch) => isTaken(branch, inference, frameOf);
    const placed = [
      ...this.#contradicted(inference, unmendable),
      ...this.#limited(inference, frameOf),
    ]
      .filter(({ branches }) => branches.every((branch) => taken(branch) !== false))
      .map((each) => ({ ...each, isSure: each.isSure ?? each.branches.every(taken) }));
    const doubtful = placed.filter(({ isSure }) => !isSure);
    const sure = [...placed.filter(({ isSure }) => isSure), ...withoutAWay(doubtful, taken)];
    const [first = null] = sure.toSorted((a, b) => a.at - b.at);
    return {
      first,
      reach: first?.at ?? Number.POSITIVE_INFINITY,
      doubtful: doubtful[0] ?? null,
      doubts: doubtful.length,
    };
  }

  *#contradicted(inference: Inference, unmendable: () => ReadonlySet<string>): Iterable<Found> {
    const suspects = inference.contradictions.filter(isAboutSizes);
    if (suspects.length === 0) return;
    const beyond = unmendable();
    this.#places ??= placesOf(this.#model);
    for (const suspect of suspects) {
      const place = this.#places.get(keyOf(suspect));
      if (place === undefined || beyond.has(keyOf(suspect))) continue;
      yield { ...place, message: suspect.message, isSure: !suspect.isOptional };
    }
  }

  *#limited(inference: Inference, frameOf: FrameOf): Iterable<Found> {
    this.#limitedNodes ??= limitedNodes(this.#model);
    for (const { key, node, limit } of this.#limitedNodes) {
      const message = ignoringInvalid(() => limit(inference.nodeFacts(node, frameOf(node.graph))));
      if (message === null) continue;
      this.#places ??= placesOf(this.#model);
      const place = this.#places.get(key);
      if (place?.node === node) yield { ...place, message, isSure: null };
    }
  }
}

interface Found extends Place {
  readonly message: string;
  /** Whether the node will run; null: as the branches around it say. */
  readonly isSure: boolean | null;
}

interface LimitedNode {
  readonly node: Node;
  readonly key: string;
  readonly limit: RuntimeLimit;
}

function limitedNodes(model: Model): LimitedNode[] {
  return [...walkNodes(model)].flatMap(({ node, path }) => {
    const limit = runtimeLimit(node.domain, node.opType);
    return limit === undefined
      ? []
      : [{ node, key: keyOf({ graph: path, node: node.label }), limit }];
  });
}

/** Tells nodes apart, as far as contradictions do. */
export function keyOf({ graph, node }: Pick<Contradiction, 'graph' | 'node'>): string {
  return `${graph}\n${node ?? ''}`;
}

/** Whether it is one that other sizes may mend. */
export function isAboutSizes({ kind, node }: Contradiction): boolean {
  return node !== undefined && kind !== 'declared-type' && kind !== 'declared-shape';
}

/** Whether a branch runs; null where it is not known. */
type IsTaken = (branch: Branch) => boolean | null;

function isTaken({ node, name }: Branch, inference: Inference, frameOf: FrameOf): boolean | null {
  const [condition] = node.inputs;
  const elements = condition ? inference.elementsOf(condition, frameOf(condition.graph)) : null;
  const [value] = elements?.values ?? [];
  return typeof value === 'number' ? (value !== 0) === (name === 'then_branch') : null;
}

/** Of each If of which neither branch works, what is wrong with the one that gets further. */
function withoutAWay<Each extends Place>(doubtful: readonly Each[], taken: IsTaken): Each[] {
  const firsts = new Map<Node, Map<string, Each>>();
  for (const each of doubtful) {
    const open = each.branches.findLast((branch) => taken(branch) === null);
    if (open === undefined) continue;
    const branches = firsts.get(open.node) ?? new Map<string, Each>();
    firsts.set(open.node, branches);
    if (!branches.has(open.name)) branches.set(open.name, each);
  }
  return [...firsts.values()].flatMap((branches) => {
    const [further] = [...branches.values()].toSorted((a, b) => b.at - a.at);
    return branches.size === 2 && further !== undefined ? [further] : [];
  });
}

/** Where all nodes stand: those of a function at its first call, those of branches side by side. */
function placesOf(model: Model): Map<string, Place> {
  const paths = new Map([...walkGraphs(model)].map(({ graph, path }) => [graph, path]));
  const bodies = functionBodies(model);
  const places = new Map<string, Place>();
  const entered = new Set<Graph>();
  const place = (graph: Graph, start: number, branches: readonly Branch[]): number => {
    entered.add(graph);
    const path = paths.get(graph) ?? '';
    let at = start;
    for (const node of executionOrder(graph)) {
      const { domain, opType, overload, label } = node;
      const key = keyOf({ graph: path, node: label });
      if (!places.has(key)) places.set(key, { node, at, branches });
      at += 1;
      const begin = at;
      for (const attribute of node.attributes) {
        const isBranch = opType === 'If' && domain === '';
        const around = isBranch ? [...branches, { node, name: attribute.name }] : branches;
        for (const inner of graphsOf(attribute)) at = Math.max(at, place(inner, begin, around));
      }
      const body = bodies.get(functionKey({ domain, name: opType, overload }));
      if (body !== undefined && !entered.has(body)) at = place(body, at, branches);
    }
    return at;
  };
  place(model.graph, 0, []);
  return places;
}
