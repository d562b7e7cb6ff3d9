import { MlkitError } from '../errors.ts';
import {
  executionOrder,
  type FunctionDefinition,
  type Graph,
  GraphCopier,
  Model,
  type Node,
  readsOf,
  type Value,
  type ValueType,
} from '../graph/index.ts';
import { declaredType, type Inference, inferTypes } from '../ops/index.ts';

/** Where a part of a main graph begins and ends. */
export interface SubgraphCut {
  /** What the part is given, in order. Values that it does not read become inputs all the same. */
  readonly inputs: readonly Value[];
  /** What it gives, in order. */
  readonly outputs: readonly Value[];
  /** Types of the inputs, where more is known than the model says. */
  readonly types?: ReadonlyMap<Value, ValueType>;
}

/**
 * The part of a model between given values of its main graph, as a model: the nodes that the outputs
 * are made by, their constants, the subgraphs and functions that they use, under the names that they
 * have. Inputs take their types from `types`, the model, or what follows from it.
 *
 * The model stays as it is. The part shares its constants, so it can be written as long as the files
 * of the model are open.
 *
 * @throws MlkitError USAGE for values of another graph, an output that is also an input, and inputs
 *   of the model that the part would need and is not given; MODEL_UNSUPPORTED for an input of unknown
 *   type; MODEL_INVALID where the part reads a name that nothing defines.
 */
export function extractSubgraph(model: Model, cut: SubgraphCut): Model {
  checkCut(model, cut);
  const { nodes, constants } = neededFor(model.graph, cut);
  const part = new Model();
  const { irVersion, opsets, producerName, producerVersion, domain, modelVersion, docString } =
    model;
  const { metadata } = model;
  Object.assign(part, { irVersion, opsets, producerName, producerVersion, domain, modelVersion });
  Object.assign(part, { docString, metadata });
  part.graph.name = model.graph.name;
  const copier = new GraphCopier(part);
  const types = new TypeSource(model, cut.types);
  for (const input of new Set(cut.inputs)) {
    copier.bind(input, part.graph.addInput(input.name, types.ofInput(input)));
  }
  for (const constant of constants) copier.copyInitializer(constant, part.graph);
  copier.copyNodes(nodes, part.graph);
  for (const output of new Set(cut.outputs)) {
    const copy = copier.valueOf(output);
    if (copy === undefined) throw new RangeError(`"${output.name}" was not copied`);
    if (copy.type === null) part.graph.setType(copy, types.known(output));
    part.graph.addOutput(copy);
  }
  part.functions = usedFunctions(model, nodes).map((each) => copier.copyFunction(each));
  return part;
}

function checkCut({ graph }: Model, { inputs, outputs }: SubgraphCut): void {
  for (const value of [...inputs, ...outputs]) {
    if (value.graph === graph && graph.value(value.name) === value) continue;
    throw new MlkitError('USAGE', `"${value.name}" is no value of the model's main graph`, {
      hint: 'A part can begin and end only at values of the main graph: mlkit inspect lists them.',
    });
  }
  const both = outputs.find((output) => inputs.includes(output));
  if (both !== undefined) {
    throw new MlkitError('USAGE', `"${both.name}" is both where the part begins and where it ends`);
  }
}

/** The nodes that outputs are made by, in the order in which they run, and their constants. */
function neededFor(
  graph: Graph,
  { inputs, outputs }: SubgraphCut,
): { nodes: readonly Node[]; constants: readonly Value[] } {
  const given = new Set(inputs);
  const needed = new Set<Node>();
  const constants = new Set<Value>();
  const stack: { value: Value; output: Value }[] = [];
  for (const output of outputs) stack.push({ value: output, output });
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { value, output } = top;
    if (given.has(value)) continue;
    const { producer } = value;
    if (producer !== null) {
      if (needed.has(producer)) continue;
      needed.add(producer);
      for (const read of readsOf(producer, graph)) stack.push({ value: read, output });
    } else if (value.initializer !== null || value.sparseInitializer !== null) {
      constants.add(value);
    } else throw unreached(value, output);
  }
  const isNeeded = (node: Node): boolean => needed.has(node);
  return {
    nodes: executionOrder(graph).filter(isNeeded),
    constants: graph.initializers.filter((value) => constants.has(value)),
  };
}

function unreached(value: Value, output: Value): MlkitError {
  if (!value.isInput) {
    return new MlkitError(
      'MODEL_INVALID',
      `the part that gives "${output.name}" reads "${value.name}", which nothing defines`,
    );
  }
  return new MlkitError(
    'USAGE',
    `"${output.name}" cannot be made of the inputs given for the part: it also depends on the model's input "${value.name}"`,
    { hint: `Let the part begin at "${value.name}" too, or at values between the two.` },
  );
}

class TypeSource {
  readonly #model: Model;
  readonly #given: ReadonlyMap<Value, ValueType>;
  #inference: Inference | null = null;

  constructor(model: Model, given: SubgraphCut['types']) {
    this.#model = model;
    this.#given = given ?? new Map();
  }

  ofInput(value: Value): ValueType {
    const type = this.known(value);
    if (type !== null && isComplete(type)) return type;
    throw new MlkitError(
      'MODEL_UNSUPPORTED',
      `the part cannot begin at "${value.name}": its type does not follow from the model`,
      { hint: 'Begin at another value, or have the exporter write the types of inner values.' },
    );
  }

  known(value: Value): ValueType | null {
    const given = this.#given.get(value);
    if (given !== undefined) return given;
    if (value.type !== null && isComplete(value.type)) return value.type;
    if (value.initializer?.elementType) {
      const { elementType, dims } = value.initializer;
      return { kind: 'tensor', elementType, shape: dims };
    }
    this.#inference ??= inferTypes(this.#model);
    const inferred = this.#inference.typeOf(value);
    return inferred === null ? value.type : declaredType(inferred);
  }
}

/** Whether a runtime can take an input of that type. */
function isComplete(type: ValueType): boolean {
  if (type.kind === 'tensor' || type.kind === 'sparse-tensor') return type.elementType !== null;
  if (type.kind === 'sequence' || type.kind === 'optional') {
    return type.element !== null && isComplete(type.element);
  }
  return type.kind !== 'unknown';
}

/** The model's functions that nodes call, themselves or through other functions and subgraphs. */
function usedFunctions(model: Model, nodes: readonly Node[]): FunctionDefinition[] {
  if (model.functions.length === 0) return [];
  const used = new Set<FunctionDefinition>();
  const stack = [...nodes];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { domain, opType, overload } = node;
    for (const subgraph of node.subgraphs) stack.push(...subgraph.nodes);
    for (const each of model.functions) {
      const isCalled = each.name === opType && each.domain === domain && each.overload === overload;
      if (!isCalled || used.has(each)) continue;
      used.add(each);
      stack.push(...each.body.nodes);
    }
  }
  return model.functions.filter((each) => used.has(each));
}
