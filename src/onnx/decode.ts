import { MlkitError } from '../errors.ts';
import {
  type FunctionDefinition,
  Graph,
  Model,
  Node,
  type OpsetImport,
  Value,
  type ValueType,
} from '../graph/index.ts';
import { decodeAttribute } from './decode-attribute.ts';
import { decodeEntries, decodeSparse, decodeTensor } from './decode-tensor.ts';
import { decodeType } from './decode-type.ts';
import type { DataFolder } from './external-data.ts';
import { limits } from './limits.ts';
import { RawMessage } from './message.ts';
import type { AnnotationEntry, GraphOrigin, InitializerEntry, ValueEntry } from './origin.ts';
import type { ByteSource } from './source.ts';

/**
 * Reads a model's structure. Weights are not read.
 *
 * @param folder Where external data lies; null when the model did not come from a file.
 * @throws MlkitError MODEL_MALFORMED when it is not protobuf, LIMIT_EXCEEDED, FOREIGN_FORMAT when it
 *   is protobuf and has no graph.
 */
export function decodeModel(source: ByteSource, folder: DataFolder | null): Model {
  const message = new RawMessage('ModelProto', source);
  const graph = message.message('graph');
  if (graph === null) {
    throw new MlkitError('FOREIGN_FORMAT', `${source.label} is not an ONNX model: it has no graph`);
  }
  const model = new Model();
  model.irVersion = message.number('ir_version');
  model.opsets = decodeOpsets(message);
  model.producerName = message.text('producer_name');
  model.producerVersion = message.text('producer_version');
  model.domain = message.text('domain');
  model.modelVersion = message.int('model_version');
  model.docString = message.text('doc_string');
  model.metadata = decodeEntries(message, 'metadata_props');
  model.origin = message;
  const reader = new GraphReader(model, folder);
  reader.read(graph, model.graph);
  model.functions = message.messages('functions').map((each) => reader.readFunction(each));
  return model;
}

/** `ai.onnx` and the empty text name the same operator set. */
export function normalizeDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function decodeOpsets(message: RawMessage): OpsetImport[] {
  return message.messages('opset_import').map((each) => ({
    domain: normalizeDomain(each.text('domain')),
    version: each.number('version'),
  }));
}

class GraphReader {
  readonly #model: Model;
  readonly #folder: DataFolder | null;
  #parts = 0;

  constructor(model: Model, folder: DataFolder | null) {
    this.#model = model;
    this.#folder = folder;
  }

  /** Fills a graph. Values are declared first, so that nodes in any order find what they read. */
  read(message: RawMessage, graph: Graph): void {
    graph.name = message.text('name');
    graph.docString = message.text('doc_string');
    graph.metadata = decodeEntries(message, 'metadata_props');
    const inputs = message.messages('input').map((each) => this.#input(each, graph));
    const initializers = message.messages('initializer').map((each): InitializerEntry => {
      const tensor = decodeTensor(each, this.#folder);
      const value = this.#constant(tensor.name, graph);
      graph.setInitializer(value, tensor);
      return { value, message: each };
    });
    const sparseInitializers = message.messages('sparse_initializer').map((each) => {
      const sparse = decodeSparse(each, this.#folder);
      const value = this.#constant(sparse.values.name, graph);
      graph.setSparseInitializer(value, sparse);
      return { value, message: each };
    });
    this.#nodes(message, graph);
    const outputs = message.messages('output').map((each): ValueEntry => {
      const value = this.#read(each.text('name'), graph);
      graph.addOutput(value);
      return { value, message: each };
    });
    const valueInfos = message.messages('value_info').map((each) => ({
      value: graph.value(each.text('name')) ?? null,
      message: each,
    }));
    for (const { value, message: entry } of [...inputs, ...outputs, ...valueInfos]) {
      // An output may belong to a graph around this one, which describes it itself.
      if (value?.graph === graph) describe(value, entry);
    }
    const annotations = message
      .messages('quantization_annotation')
      .map((each) => decodeAnnotation(each, graph));
    const origin: GraphOrigin = {
      message,
      inputs,
      outputs,
      valueInfos,
      initializers,
      sparseInitializers,
      annotations,
    };
    graph.origin = origin;
  }

  readFunction(message: RawMessage): FunctionDefinition {
    const body = new Graph(this.#model, 'function', null);
    body.name = message.text('name');
    for (const name of message.texts('input')) body.declareInput(body.define(name));
    this.#nodes(message, body);
    for (const name of message.texts('output')) body.addOutput(this.#read(name, body));
    const valueInfos = message.messages('value_info').map((each) => ({
      value: body.value(each.text('name')) ?? null,
      message: each,
    }));
    for (const { value, message: entry } of valueInfos) if (value !== null) describe(value, entry);
    const origin: GraphOrigin = {
      message,
      inputs: [],
      outputs: [],
      valueInfos,
      initializers: [],
      sparseInitializers: [],
      annotations: [],
    };
    body.origin = origin;
    const context = this.#attributeContext(body);
    return {
      name: message.text('name'),
      domain: normalizeDomain(message.text('domain')),
      overload: message.text('overload'),
      body,
      attributeNames: message.texts('attribute'),
      attributeDefaults: message
        .messages('attribute_proto')
        .map((each) => decodeAttribute(each, context)),
      opsets: decodeOpsets(message),
      docString: message.text('doc_string'),
      metadata: decodeEntries(message, 'metadata_props'),
      origin: message,
    };
  }

  #nodes(message: RawMessage, graph: Graph): void {
    const nodes = message.messages('node');
    const outputs = nodes.map((each) =>
      each.texts('output').map((name) => (name === '' ? null : graph.define(name))),
    );
    for (const [at, each] of nodes.entries()) {
      this.#count(each);
      this.#node(each, outputs[at] ?? [], graph);
    }
  }

  #node(message: RawMessage, outputs: readonly (Value | null)[], graph: Graph): void {
    const node = new Node(graph, {
      opType: message.text('op_type'),
      domain: normalizeDomain(message.text('domain')),
      overload: message.text('overload'),
      name: message.text('name'),
      origin: message,
    });
    const inputs = message
      .texts('input')
      .map((name) => (name === '' ? null : this.#read(name, graph)));
    const context = this.#attributeContext(graph);
    const attributes = message.messages('attribute').map((each) => decodeAttribute(each, context));
    graph.attach(node, inputs, outputs, attributes, 'end');
    graph.annotate(node, {
      docString: message.text('doc_string'),
      metadata: decodeEntries(message, 'metadata_props'),
    });
    message.release();
  }

  #attributeContext(graph: Graph): Parameters<typeof decodeAttribute>[1] {
    return {
      folder: this.#folder,
      subgraph: (message) => {
        const inner = new Graph(this.#model, 'subgraph', graph);
        this.read(message, inner);
        return inner;
      },
    };
  }

  #input(message: RawMessage, graph: Graph): ValueEntry {
    this.#count(message);
    const value = graph.define(message.text('name'));
    graph.declareInput(value);
    return { value, message };
  }

  /** The value of a constant: the input of that name if there is one, which it is the default of. */
  #constant(name: string, graph: Graph): Value {
    const existing = graph.value(name);
    const isDefault = existing?.isInput && !existing.initializer && !existing.sparseInitializer;
    return isDefault ? existing : graph.define(name);
  }

  /** The value that `name` means, or one that stands for a name nobody defines. */
  #read(name: string, graph: Graph): Value {
    return graph.resolve(name) ?? graph.define(name);
  }

  #count(message: RawMessage): void {
    this.#parts += 1;
    if (this.#parts > limits.graphParts) {
      throw new MlkitError(
        'LIMIT_EXCEEDED',
        `${message.source.label} has more than ${limits.graphParts} nodes and inputs`,
      );
    }
  }
}

/** Gives a value what an entry says about it; the first entry that speaks of a thing wins. */
function describe(value: Value, entry: RawMessage): void {
  const typeMessage = entry.message('type');
  const type: ValueType | null = typeMessage === null ? null : decodeType(typeMessage);
  if (value.type === null && type !== null) value.graph.setType(value, type);
  const docString = value.docString === '' ? entry.text('doc_string') : value.docString;
  const metadata =
    value.metadata.length === 0 ? decodeEntries(entry, 'metadata_props') : value.metadata;
  value.graph.annotate(value, { docString, metadata });
  value.graph.remember(value, { type: value.type, docString, metadata });
}

function decodeAnnotation(message: RawMessage, graph: Graph): AnnotationEntry {
  return {
    message,
    value: graph.value(message.text('tensor_name')) ?? null,
    parameters: decodeEntries(message, 'quant_parameter_tensor_names').map(
      ([, name]) => graph.value(name) ?? null,
    ),
  };
}
