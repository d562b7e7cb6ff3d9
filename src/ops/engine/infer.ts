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
import { checkListInput } from '../rules/list-inputs.ts';
import { type Elements, type InferredType, tensorOf } from '../types.ts';
import type { Contradiction, ContradictionKind } from './contradiction.ts';
import { inferredType, type SizeReader } from './convert-type.ts';
import { Frame } from './frame.ts';
import { FunctionIndex } from './function-index.ts';
import { ignoringInvalid } from './ignoring-invalid.ts';
import { type Disagreement, mergeTypes } from './merge-types.ts';
import { type CallServices, NodeCall } from './node-call.ts';
import { constantOf, readElements } from './read-elements.ts';
import { type InputKnowledge, isPassedOver, leftOpen, opened } from './unseen-shapes.ts';

/**
 * How often nodes are looked at: what hostile functions and loops can cost. Bodies of functions are
 * looked at for each call, those of loops a few times.
 */
const mostVisits = { ofEachNode: 10, besides: 50_000 };

/** Functions that call functions, deeper than any exporter nests them. */
const deepestCalls = 100;

/**
 * With whose eyes a model is looked at. `whole`: with all that can be known. `runtime`: as onnxruntime
 * does when it opens a file: elements are known of constants, not of what is computed from them.
 * `onnx`: as ONNX's own check does, which besides knows no operators of other makers, and inside a
 * subgraph no elements of the constants around it.
 */
export type InferenceView = 'whole' | 'runtime' | 'onnx';

export interface InferenceSettings {
  /** Default `whole`. */
  readonly view?: InferenceView;
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
  readonly #view: InferenceView;
  readonly #paths = new Map<Graph, string>();
  readonly #orders = new Map<Graph, readonly Node[]>();
  readonly #functions: FunctionIndex;
  readonly #constants = new Map<Value, Elements | null>();
  readonly #reported = new Set<string>();
  readonly #mostVisits: number;
  readonly #reader: SizeReader;
  #visits = 0;
  #unknowns = 0;

  constructor(model: Model, settings: InferenceSettings) {
    this.#model = model;
    this.#sizes = settings.sizes ?? new Map();
    this.#shapes = settings.shapes ?? new Map();
    this.#view = settings.view ?? 'whole';
    let nodes = 0;
    for (const { graph, path } of walkGraphs(model)) {
      this.#paths.set(graph, path);
      nodes += graph.nodeCount;
    }
    this.#mostVisits = nodes * mostVisits.ofEachNode + mostVisits.besides;
    this.#functions = new FunctionIndex(model);
    this.#reader = {
      unknown: () => this.#unknown(),
      sizes: this.#sizes,
      symbols: inputSymbols(model),
    };
    const versions = versionsOf(model.opsets);
    // There were no imports before IR 3: all files were of version 1.
    if (model.irVersion < 3 && !versions.has('')) versions.set('', 1);
    this.main = new Frame(versions);
  }

  run(): void {
    const place = { graph: 'main', frame: this.main, isOptional: false };
    const { graph } = this.#model;
    for (const value of graph.inputs) {
      const type = this.#givenType(value);
      if (type !== null) this.main.types.set(value, type);
    }
    this.#inferNodes(graph, place);
  }

  /** Of an input of the model: as it is declared, or as the settings say. */
  #givenType(value: Value): InferredType | null {
    const shape = this.#shapes.get(value.name);
    const unknown = (axis: number): Size => symbol(`?${value.name}:${axis}`);
    const declared = this.#declared(value, { ...this.#reader, unknown });
    if (constantOf(value) !== null) return this.#constantType(value) ?? declared;
    if (shape === undefined) return declared;
    if (declared !== null && declared.kind !== 'tensor') return declared;
    return tensorOf(declared?.elementType ?? null, shape);
  }

  typeOf(value: Value, frame: Frame): InferredType | null {
    const known = frame.types.get(value);
    if (known !== undefined) return known;
    const type = this.#constantType(value) ?? this.#trusted(value);
    if (type !== null) frame.types.set(value, type);
    return type;
  }

  elementsOf(value: Value, frame: Frame): Elements | null {
    const known = frame.elements.get(value);
    if (known !== undefined) return known;
    let constant = this.#constants.get(value);
    if (constant === undefined) {
      // A default that callers may override counts until they do, as in ONNX's own inference.
      const isDefault = this.#view !== 'runtime' && value.initializer !== null;
      const tensor = isDefault ? value.initializer : constantOf(value);
      constant = tensor && readElements(tensor);
      this.#constants.set(value, constant);
    }
    return constant;
  }

  #unknown(): Size {
    this.#unknowns += 1;
    return symbol(`?${this.#unknowns}`);
  }

  #declared(value: Value, reader: SizeReader = this.#reader): InferredType | null {
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
      if (this.#visits > this.#mostVisits) {
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
    const definition = this.#functions.calledBy(node);
    const isStrange = this.#isStrange(node);
    const rule = isStrange ? null : findRule(node.domain, node.opType);
    const call = new NodeCall(
      node,
      isStrange ? null : schema,
      frame,
      this.#servicesFor(node, place),
    );
    let results: readonly Known[] = [];
    if (definition !== undefined && (schema === null || node.domain !== '')) {
      results = this.#callFunction(original, call, definition, place);
    } else {
      if (rule === null) this.#countUnknown(node);
      else {
        checkListInput(call);
        ignoringInvalid(() => rule.infer(call));
      }
      results = this.#seen(node, call, place);
    }
    for (const [at, value] of node.outputs.entries()) {
      if (value !== null) this.#assign(value, results[at] ?? null, node, place);
    }
  }

  /** What the rule said, as far as whoever looks at the model would find it out. */
  #seen(node: Node, call: NodeCall, place: Place): readonly Known[] {
    const results = node.outputs.map((_, at) => call.result(at));
    if (this.#view === 'whole') return results;
    const known = this.#knowledge(node, place);
    return results.map((result, at) => {
      const open = leftOpen(node, at, known);
      if (open === null) return result;
      return { type: opened(result.type, open, () => this.#unknown()), elements: null };
    });
  }

  #knowledge(node: Node, { frame }: Place): InputKnowledge {
    const { inputs, domain } = node;
    return {
      opset: frame.opsets.get(domain) ?? 1,
      hasElements: (at) => {
        const value = inputs[at];
        return value ? this.#elementsAt(value, node, frame) !== null : false;
      },
      hasRank: (at) => {
        const type = inputs[at] ? this.typeOf(inputs[at], frame) : null;
        return type?.kind === 'tensor' && type.shape !== null;
      },
    };
  }

  #elementsAt(value: Value, node: Node, frame: Frame): Elements | null {
    const isHidden = this.#view === 'onnx' && value.graph !== node.graph;
    return isHidden ? null : this.elementsOf(value, frame);
  }

  /** Whether whoever looks at the model does not know such operators. */
  #isStrange({ domain }: Node): boolean {
    return this.#view === 'onnx' && domain !== '' && !domain.startsWith('ai.onnx.');
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
    if (result?.elements && this.#view === 'whole') frame.elements.set(value, result.elements);
    else frame.elements.delete(value);
  }

  /** What the file declares, which shapes of inputs that are not the declared ones make untrue. */
  #trusted(value: Value): InferredType | null {
    const declared = this.#declared(value);
    if (this.#shapes.size === 0 || declared?.kind !== 'tensor') return declared;
    return tensorOf(declared.elementType, null);
  }

  #servicesFor(node: Node, place: Place): CallServices {
    return {
      typeOf: (value, frame) => this.typeOf(value, frame),
      elementsOf: (value, frame) => this.#elementsAt(value, node, frame),
      unknown: () => this.#unknown(),
      inferGraph: (graph, inputs, isOptional) =>
        this.#inferGraph(graph, this.#given(node, inputs), isOptional, place),
      contradict: (kind, message) => {
        const isMissed = this.#view !== 'whole' && isPassedOver(node, this.#knowledge(node, place));
        if (!isMissed) this.#contradict(kind, message, place, node);
      },
    };
  }

  /** What a subgraph of a node is told of its inputs: of the state of loops, only the type. */
  #given({ opType }: Node, inputs: readonly (Known | null)[]): readonly (Known | null)[] {
    if (this.#view === 'whole') return inputs;
    return inputs.map((each, at) => {
      const isState = opType === 'Loop' && at >= 2 && each?.type?.kind === 'tensor';
      const type = isState ? tensorOf(each.type.elementType, null) : (each?.type ?? null);
      return { type, elements: null };
    });
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
    const results = body.outputs.map((value) => this.#known(value, frame));
    const surplus = results.findIndex(({ type }, at) => at >= node.outputs.length && type !== null);
    if (surplus >= 0) {
      const what = `the function has ${results.length} outputs, the call ${node.outputs.length}`;
      this.#contradict(
        'rejects',
        `${what}; those that nobody needs must be there without a name`,
        place,
        node,
      );
    }
    return results;
  }

  #disagree(what: Disagreement, value: Value, node: Node | null, place: Place): void {
    const kind = what.about === 'type' ? 'declared-type' : 'declared-shape';
    // Sizes that are fixed may be others than the file was made for, which it cannot help.
    if (kind === 'declared-shape' && this.#sizes.size > 0) return;
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

function inputSymbols(model: Model): Set<string> {
  const shapes = model.graph.inputs.map(
    ({ type }) => (type?.kind === 'tensor' && type.shape) || [],
  );
  return new Set(shapes.flat().filter((size) => typeof size === 'string'));
}

function versionsOf(opsets: readonly OpsetImport[]): Map<string, number> {
  return new Map(opsets.map(({ domain, version }) => [domain, version]));
}
