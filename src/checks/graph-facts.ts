import { type FunctionDefinition, functionKey, type Graph, type Node } from '../graph/index.ts';
import {
  type Contradiction,
  type Frame,
  type Inference,
  type InferenceView,
  inferTypes,
} from '../ops/index.ts';
import type { Severity } from '../report/index.ts';
import { findSchema, type OperatorSchema } from '../schemas/index.ts';
import type { Issue } from './check.ts';
import type { ModelFacts } from './model-facts.ts';

/** A node, where it is, and what its operator should look like. */
export interface PlacedNode {
  readonly node: Node;
  readonly graph: Graph;
  /** Path of its graph. */
  readonly path: string;
  /** The function that it is in. */
  readonly definition: FunctionDefinition | null;
  /** Whether the main graph leads to it: not in a function that nothing calls. */
  readonly isReached: boolean;
  /** Version of its operator set that its graph imports; undefined when it imports none. */
  readonly opset: number | undefined;
  /** Null: ONNX and onnxruntime know no such operator at that version. */
  readonly schema: OperatorSchema | null;
  /** The function of the model that it calls; null when it calls none. */
  readonly calls: FunctionDefinition | null;
}

/** A node in one execution of its graph, whose values have types there. */
export interface FramedNode extends PlacedNode {
  readonly frame: Frame;
}

/**
 * What checks ask that look into operators: schemas, types and shapes. Loaded only when such checks
 * are asked for.
 */
export class GraphFacts {
  readonly facts: ModelFacts;
  #nodes: readonly PlacedNode[] | null = null;
  #framed: readonly FramedNode[] | null = null;
  readonly #inferences = new Map<InferenceView, Inference>();
  readonly #seen = new Map<InferenceView, ReadonlySet<string>>();

  constructor(facts: ModelFacts) {
    this.facts = facts;
  }

  /** Every node of the model, functions and subgraphs included, in file order. */
  get nodes(): readonly PlacedNode[] {
    this.#nodes ??= this.#placeNodes();
    return this.#nodes;
  }

  /**
   * Every node that types are known for: of the main graph, its subgraphs and the functions that
   * are called, once for each function, as its first call means it.
   */
  get framedNodes(): readonly FramedNode[] {
    this.#framed ??= this.framedNodesOf(this.inference);
    return this.#framed;
  }

  /** Types and shapes of all values, and what contradicts. */
  get inference(): Inference {
    return this.inferenceAs('whole');
  }

  /** What ONNX's own check, or the runtime when it opens the file, knows of types and shapes. */
  inferenceAs(view: InferenceView): Inference {
    let inference = this.#inferences.get(view);
    if (inference === undefined) {
      inference = inferTypes(this.facts.model, { view });
      this.#inferences.set(view, inference);
    }
    return inference;
  }

  /** Whether something at that place shows to one who does not know all that can be known. */
  showsTo(view: InferenceView, found: Contradiction): boolean {
    let seen = this.#seen.get(view);
    if (seen === undefined) {
      const { contradictions } = this.inferenceAs(view);
      const told = contradictions.filter(({ kind }) => kind !== 'fails' && kind !== 'refuses');
      seen = new Set(told.map(keyOf));
      this.#seen.set(view, seen);
    }
    return seen.has(keyOf(found));
  }

  #placeNodes(): PlacedNode[] {
    const { model, reachedFunctions } = this.facts;
    const functions = new Map(model.functions.map((each) => [functionKey(each), each]));
    const versions = new Map<FunctionDefinition | null, ReadonlyMap<string, number>>();
    return this.facts.nodes.map(({ node, graph, path, definition }): PlacedNode => {
      let opsets = versions.get(definition);
      if (opsets === undefined) {
        const imports = definition?.opsets ?? model.opsets;
        opsets = new Map(imports.map((each) => [each.domain, each.version]));
        versions.set(definition, opsets);
      }
      const { domain, opType, overload } = node;
      const opset = opsets.get(domain);
      const schema = opset === undefined ? null : findSchema(domain, opType, opset);
      const calls = functions.get(functionKey({ domain, name: opType, overload })) ?? null;
      const isReached = definition === null || reachedFunctions.has(definition);
      return { node, graph, path, definition, isReached, opset, schema, calls };
    });
  }

  /** {@link framedNodes} of another inference of the model. */
  framedNodesOf({ main }: Inference): FramedNode[] {
    const frames = new Map<FunctionDefinition | null, Frame>([[null, main]]);
    const calls = new Map<Node, FunctionDefinition>();
    for (const { node, calls: called } of this.nodes) if (called !== null) calls.set(node, called);
    const open = [main];
    for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
      for (const [node, inner] of frame.calls) {
        const definition = calls.get(node);
        if (definition === undefined || frames.has(definition)) continue;
        frames.set(definition, inner);
        open.push(inner);
      }
    }
    return this.nodes.flatMap((placed) => {
      const frame = frames.get(placed.definition);
      return frame === undefined ? [] : [{ ...placed, frame }];
    });
  }
}

/** One text for all that contradicts at a node: with less knowledge, it shows in another way. */
function keyOf({ graph, node, value }: Contradiction): string {
  return JSON.stringify(node === undefined ? [graph, null, value] : [graph, node]);
}

/**
 * One thing that can be wrong with a model's operators, types or shapes, or remarkable about them.
 * Adding one is a file and a line in the index of its folder.
 */
export interface GraphCheck<Code extends string = string> {
  /** Codes of what it finds; no other check has them. */
  readonly codes: readonly Code[];
  readonly severity: Severity;
  /** One line. */
  readonly summary: string;
  /** What it finds, in file order. It reads no weights but small constants that shapes depend on. */
  run(facts: GraphFacts): Issue<Code>[];
}
