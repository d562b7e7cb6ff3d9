import { MlkitError } from '../../errors.ts';
import {
  executionOrder,
  type FunctionDefinition,
  type Graph,
  type Model,
  type Node,
  type OpsetImport,
  type Value,
  walkGraphs,
} from '../../graph/index.ts';
import { findSchema } from '../../schemas/index.ts';
import { type Size, symbol } from '../../symbolic/index.ts';
import type { Known } from '../rule.ts';
import { findRule } from '../rules/index.ts';
import { type Elements, type InferredType, tensorOf } from '../types.ts';
import type { Contradiction, ContradictionKind } from './contradiction.ts';
import { inferredType } from './convert-type.ts';
import { Frame } from './frame.ts';
import { type Disagreement, mergeTypes } from './merge-types.ts';
import { type CallServices, NodeCall } from './node-call.ts';
import { constantOf, readElements } from './read-elements.ts';

/** Nodes looked at, repeated ones included: what hostile functions and loops can cost. */
const mostVisits = 2_000_000;

/** Functions that call functions, deeper than any exporter nests them. */
const deepestCalls = 100;

export interface InferenceSettings {
  /** Sizes to fix, by the model's symbol. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Shapes to fix, by name of the input. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
}

/** Where the engine stands. */
interface Place {
  readonly graph: string;
  readonly frame: Frame;
  readonly isOptional: boolean;
}

/** One run over a model. Use `inferTypes`. */
export class InferenceRun {
  readonly main: Frame;
  readonly contradictions: Contradiction[] = [];
  /** Operators without a rule, and how many nodes have them. */
  readonly unknownOperators: Map<string, number> = new Map();
  /** False when the model does more than can be followed, so that the rest is not known. */
  isComplete = true;

  readonly #model: Model;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #paths = new Map<Graph, string>();
  readonly #orders = new Map<Graph, readonly Node[]>();
  readonly #functions = new Map<string, FunctionDefinition>();
  readonly #constants = new Map<Value, Elements | null>();
  readonly #reported = new Set<string>();
  /** Whether what the file declares is believed: not where sizes are fixed that it may contradict. */
  readonly #believesShapes: boolean;
  #visits = 0;
  #unknowns = 0;

  constructor(model: Model, settings: InferenceSettings) {
    this.#model = model;
    this.#sizes = settings.sizes ?? new Map();
    this.#shapes = settings.shapes ?? new Map();
    this.#believesShapes = this.#sizes.size === 0 && this.#shapes.size === 0;
    for (const { graph, path } of walkGraphs(model)) this.#paths.set(graph, path);
    for (const each of model.functions) this.#functions.set(callKey(each, each.name), each);
    this.main = new Frame(versionsOf(model.opsets));
  }

  run(): void {
    const place = { graph: 'main', frame: this.main, isOptional: false };
    const { graph } = this.#model;
    for (const value of graph.inputs) {
      const shape = this.#shapes.get(value.name);
      const declared = this.#declared(value);
      const fixed =
        shape !== undefined && declared?.kind === 'tensor' ? { ...declared, shape } : declared;
      if (fixed !== null) this.main.types.set(value, fixed);
    }
    this.#inferNodes(graph, place);
  }

  typeOf(value: Value, frame: Frame): InferredType | null {
    const known = frame.types.get(value);
    if (known !== undefined) return known;
    const type = this.#constantType(value) ?? this.#declared(value);
    if (type !== null) frame.types.set(value, type);
    return type;
  }

  elementsOf(value: Value, frame: Frame): Elements | null {
    const known = frame.elements.get(value);
    if (known !== undefined) return known;
    let constant = this.#constants.get(value);
    if (constant === undefined) {
      const tensor = constantOf(value);
      constant = tensor && readElements(tensor);
      this.#constants.set(value, constant);
    }
    return constant;
  }

  #unknown(): Size {
    this.#unknowns += 1;
    return symbol(`?${this.#unknowns}`);
  }

  #declared(value: Value): InferredType | null {
    const reader = { unknown: () => this.#unknown(), sizes: this.#sizes };
    return value.type && inferredType(value.type, reader);
  }

  #constantType(value: Value): InferredType | null {
    const { initializer, sparseInitializer } = value;
    if (initializer !== null) {
      const { elementType, dims } = initializer;
      return dims.some((size) => size < 0) ? null : tensorOf(elementType, dims);
    }
    if (sparseInitializer === null) return null;
    return tensorOf(sparseInitializer.values.elementType, sparseInitializer.dims);
  }

  #inferNodes(graph: Graph, place: Place): void {
    for (const value of graph.initializers) this.#compareInitializer(value, place);
    let order = this.#orders.get(graph);
    if (order === undefined) {
      order = executionOrder(graph);
      this.#orders.set(graph, order);
    }
    for (const node of order) {
      this.#visits += 1;
      if (this.#visits > mostVisits) {
        this.isComplete = false;
        return;
      }
      this.#inferNode(node, place);
    }
  }

  /** What a file declares of a constant must be what the constant is. */
  #compareInitializer(value: Value, place: Place): void {
    if (value.type === null) return;
    const declared = this.#declared(value);
    mergeTypes(this.#constantType(value), declared, (what) => {
      this.#disagree(what, value, null, place);
    });
  }

  #inferNode(original: Node, place: Place): void {
    const { frame } = place;
    const node = frame.resolve(original);
    const opset = frame.opsets.get(node.domain);
    const schema = opset === undefined ? null : findSchema(node.domain, node.opType, opset);
    const definition = this.#functions.get(callKey(node, node.opType));
    const rule = findRule(node.domain, node.opType);
    const call = new NodeCall(node, schema, frame, this.#servicesFor(node, place));
    let results: readonly Known[] = [];
    if (definition !== undefined && (schema === null || node.domain !== '')) {
      results = this.#callFunction(original, call, definition, place);
    } else {
      if (rule === null) this.#countUnknown(node);
      else ignoringInvalid(() => rule.infer(call));
      results = node.outputs.map((_, at) => call.result(at));
    }
    for (const [at, value] of node.outputs.entries()) {
      if (value !== null) this.#assign(value, results[at] ?? null, node, place);
    }
  }

  #countUnknown({ domain, opType }: Node): void {
    const name = domain === '' ? opType : `${domain}.${opType}`;
    this.unknownOperators.set(name, (this.unknownOperators.get(name) ?? 0) + 1);
  }

  #assign(value: Value, result: Known | null, node: Node, place: Place): void {
    const { frame } = place;
    const type = mergeTypes(result?.type ?? null, this.#trusted(value), (what) => {
      this.#disagree(what, value, node, place);
    });
    if (type === null) frame.types.delete(value);
    else frame.types.set(value, type);
    if (result?.elements) frame.elements.set(value, result.elements);
    else frame.elements.delete(value);
  }

  /** What the file declares, as far as it is believed. */
  #trusted(value: Value): InferredType | null {
    const declared = this.#declared(value);
    if (this.#believesShapes || declared?.kind !== 'tensor') return declared;
    return tensorOf(declared.elementType, null);
  }

  #servicesFor(node: Node, place: Place): CallServices {
    return {
      typeOf: (value, frame) => this.typeOf(value, frame),
      elementsOf: (value, frame) => this.elementsOf(value, frame),
      unknown: () => this.#unknown(),
      inferGraph: (graph, inputs, isOptional) => this.#inferGraph(graph, inputs, isOptional, place),
      contradict: (kind, message) => this.#contradict(kind, message, place, node),
    };
  }

  #inferGraph(
    graph: Graph,
    inputs: readonly (Known | null)[],
    isOptional: boolean,
    outer: Place,
  ): Known[] {
    const path = this.#paths.get(graph) ?? outer.graph;
    const place = { ...outer, graph: path, isOptional: outer.isOptional || isOptional };
    for (const [at, value] of graph.inputs.entries()) {
      this.#assignInput(value, inputs[at] ?? null, place);
    }
    this.#inferNodes(graph, place);
    return graph.outputs.map((value) => this.#known(value, place.frame));
  }

  /** An input of a subgraph or function: what the caller gives, and what is declared. */
  #assignInput(value: Value, given: Known | null, { frame }: Place): void {
    // What disagrees with a declaration here is told where the value is made.
    const type = mergeTypes(given?.type ?? null, this.#trusted(value), () => {});
    if (type === null) frame.types.delete(value);
    else frame.types.set(value, type);
    if (given?.elements) frame.elements.set(value, given.elements);
    else frame.elements.delete(value);
  }

  #known(value: Value, frame: Frame): Known {
    return { type: this.typeOf(value, frame), elements: this.elementsOf(value, frame) };
  }

  #callFunction(
    original: Node,
    call: NodeCall,
    definition: FunctionDefinition,
    place: Place,
  ): Known[] {
    const { node } = call;
    const depth = place.frame.depth + 1;
    if (depth > deepestCalls) {
      this.isComplete = false;
      return [];
    }
    const given = [...definition.attributeDefaults, ...node.attributes];
    const attributes = new Map(given.map((each) => [each.name, each]));
    const frame = new Frame(versionsOf(definition.opsets), attributes, depth);
    place.frame.calls.set(original, frame);
    const { body } = definition;
    const inner = { ...place, frame, graph: this.#paths.get(body) ?? place.graph };
    for (const [at, value] of body.inputs.entries()) {
      const input = node.inputs[at];
      this.#assignInput(value, input ? this.#known(input, place.frame) : null, inner);
    }
    this.#inferNodes(body, inner);
    return body.outputs.map((value) => this.#known(value, frame));
  }

  #disagree(what: Disagreement, value: Value, node: Node | null, place: Place): void {
    const kind = what.about === 'type' ? 'declared-type' : 'declared-shape';
    this.#contradict(kind, `"${value.name}" is ${what.message}`, place, node, value);
  }

  #contradict(
    kind: ContradictionKind,
    message: string,
    place: Place,
    node: Node | null,
    value?: Value,
  ): void {
    const found: Contradiction = {
      kind,
      graph: place.graph,
      ...(node !== null && { node: node.label }),
      ...(value !== undefined && { value: value.name }),
      message,
      isOptional: place.isOptional,
    };
    // Loops and calls come by more than once.
    const key = JSON.stringify(found);
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.contradictions.push(found);
  }
}

/** Rules read attributes that may be of a wrong type, which is for another check to report. */
function ignoringInvalid(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
  }
}

function versionsOf(opsets: readonly OpsetImport[]): Map<string, number> {
  return new Map(opsets.map(({ domain, version }) => [domain, version]));
}

function callKey(
  { domain, overload }: Pick<FunctionDefinition, 'domain' | 'overload'>,
  name: string,
): string {
  return JSON.stringify([domain, name, overload]);
}
