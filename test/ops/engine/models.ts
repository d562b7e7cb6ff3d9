import {
  type Attribute,
  type FunctionDefinition,
  formatType,
  Graph,
  GraphBuilder,
  type Model,
  Node,
  type Value,
} from '../../../src/graph/index.ts';
import { declaredType, type Frame, type Inference } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { tensorFrom } from '../../../src/tensor/index.ts';

/** What is known of the value of that name, as text: `float32[n, 3]`; `?` where nothing is. */
export function typeText(inference: Inference, value: Value, frame?: Frame): string {
  const type = inference.typeOf(value, frame);
  return formatType(type && declaredType(type));
}

/** Types of what the model returns. */
export function outputTypes(model: Model, inference: Inference): string[] {
  return model.graph.outputs.map((value) => typeText(inference, value));
}

/** What is known of the elements, as texts; null: nothing. */
export function elementTexts(inference: Inference, value: Value): (string | null)[] | null {
  const elements = inference.elementsOf(value);
  return elements?.values.map((each) => (each === null ? null : formatSize(each))) ?? null;
}

/** `rejects at main | Conv "c": message`; in parentheses where the model may never come. */
export function problems(inference: Inference): string[] {
  return inference.contradictions.map(({ kind, graph, node, message, isOptional }) => {
    const text = `${kind} at ${[graph, node].filter((each) => each !== undefined).join(' | ')}: ${message}`;
    return isOptional ? `(${text})` : text;
  });
}

export interface FunctionFields {
  readonly inputs?: readonly string[];
  readonly opsets?: Readonly<Record<string, number>>;
  readonly defaults?: readonly Attribute[];
  readonly domain?: string;
  readonly overload?: string;
}

/** Adds a function to a model, which `build` fills and gives the output of. */
export function addFunction(
  model: Model,
  name: string,
  fields: FunctionFields,
  build: (b: GraphBuilder, inputs: readonly Value[]) => Value,
): void {
  const body = new Graph(model, 'function', null);
  const b = new GraphBuilder(body);
  const inputs = (fields.inputs ?? ['x']).map((each) => {
    const value = body.define(each);
    body.declareInput(value);
    return value;
  });
  b.output(build(b, inputs));
  const definition: FunctionDefinition = {
    name,
    domain: fields.domain ?? 'own',
    overload: fields.overload ?? '',
    body,
    attributeNames: [],
    attributeDefaults: fields.defaults ?? [],
    opsets: Object.entries(fields.opsets ?? { '': 17, own: 1 }).map(([domain, version]) => ({
      domain,
      version,
    })),
    docString: '',
    metadata: [],
  };
  model.functions = [...model.functions, definition];
}

/** An attribute that stands for one of the function's caller. */
export function reference(name: string, referenceName: string): Attribute {
  return { name, type: 'reference', referenceType: null, referenceName };
}

/** A node that may be wrong, as a reader makes it: names that nobody defines, or several do. */
export function attach(
  graph: Graph,
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Attribute[] = [],
): Node {
  const node = new Node(graph, { opType, name: `${opType}_${graph.nodeCount}` });
  const read = inputs.map((name) => {
    return name === '' ? null : (graph.resolve(name) ?? graph.define(name));
  });
  const made = outputs.map((name) => {
    const existing = graph.value(name);
    return existing === undefined || existing.isDefined ? graph.define(name) : existing;
  });
  graph.attach(node, read, made, attributes, 'end');
  return node;
}

/** A constant int64 vector; one number alone is a scalar. */
export function ints(b: GraphBuilder, values: readonly number[] | number): Value {
  const list = typeof values === 'number' ? [values] : values;
  const dims = typeof values === 'number' ? [] : [list.length];
  return b.initializer(tensorFrom('int64', dims, BigInt64Array.from(list, BigInt)));
}

/** A constant bool scalar. */
export function truth(b: GraphBuilder, value: boolean): Value {
  return b.initializer(tensorFrom('bool', [], Uint8Array.of(Number(value))));
}
