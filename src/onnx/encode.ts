import type { FunctionDefinition, Graph, Model, OpsetImport, Value } from '../graph/index.ts';
import { normalizeDomain } from './decode.ts';
import { patchEntries } from './encode-entries.ts';
import { encodeAttribute, encodeNode, type NodeContext, patchDomain } from './encode-node.ts';
import { encodeSparse, encodeTensor, type Placer } from './encode-tensor.ts';
import { encodeType } from './encode-type.ts';
import type { RawMessage } from './message.ts';
import {
  type GraphOrigin,
  graphOrigin,
  messageOrigin,
  type ValueEntry,
  type ValueOrigin,
  valueOrigin,
} from './origin.ts';
import { MessagePatch } from './patch.ts';
import type { Rope } from './rope.ts';

export interface EncodeOptions {
  /** Where the bytes of each tensor go. Default: where they are; new ones into the model. */
  readonly place?: Placer;
  /** Leaves out the types of values that are neither inputs nor outputs. */
  readonly omitValueInfo?: boolean;
}

/**
 * The bytes of a model. What has not been edited since it was read is copied from the file it came
 * from, so that an unchanged model gives the very same bytes.
 *
 * Linear in the size of the structure; no weights are read before the rope is.
 */
export function encodeModel(model: Model, options: EncodeOptions = {}): Rope {
  const writer = new GraphWriter(options);
  const original = messageOrigin(model);
  const patch = new MessagePatch('ModelProto', original);
  if (original === null || original.number('ir_version') !== model.irVersion) {
    patch.int('ir_version', model.irVersion);
  }
  patch
    .text('producer_name', model.producerName)
    .text('producer_version', model.producerVersion)
    .text('domain', model.domain)
    .text('doc_string', model.docString);
  if (model.modelVersion !== (original?.int('model_version') ?? 0n)) {
    patch.int('model_version', model.modelVersion);
  }
  patchOpsets(patch, original, model.opsets);
  patchEntries(patch, original, 'metadata_props', model.metadata);
  return patch
    .payload('graph', writer.graph(model.graph))
    .payloads(
      'functions',
      model.functions.map((each) => writer.definition(each)),
    )
    .build();
}

class GraphWriter {
  readonly #omitValueInfo: boolean;
  readonly #context: NodeContext;

  constructor(options: EncodeOptions) {
    this.#omitValueInfo = options.omitValueInfo ?? false;
    this.#context = {
      place: options.place ?? (() => 'keep'),
      graph: (graph) => this.graph(graph),
    };
  }

  /** A `GraphProto`. */
  graph(graph: Graph): Rope {
    const origin = graphOrigin(graph);
    const original = origin?.message ?? null;
    const { place } = this.#context;
    const patch = new MessagePatch('GraphProto', original)
      .text('name', graph.name)
      .text('doc_string', graph.docString)
      .payloads(
        'node',
        graph.nodes.map((node) => encodeNode(node, this.#context)),
      )
      .payloads('input', encodeEntries(graph.inputs, origin?.inputs ?? []))
      .payloads('output', encodeEntries(graph.outputs, origin?.outputs ?? []))
      .payloads('value_info', this.#valueInfos(graph, origin));
    patchEntries(patch, original, 'metadata_props', graph.metadata);
    const dense: Rope[] = [];
    const sparse: Rope[] = [];
    for (const value of graph.initializers) {
      if (value.initializer !== null) {
        dense.push(encodeTensor(value.initializer, value.name, place));
      } else if (value.sparseInitializer !== null) {
        sparse.push(encodeSparse(value.sparseInitializer, value.name, place));
      }
    }
    patch.payloads('initializer', dense).payloads('sparse_initializer', sparse);
    return patch.payloads('quantization_annotation', encodeAnnotations(graph, origin)).build();
  }

  /** A `FunctionProto`. */
  definition(definition: FunctionDefinition): Rope {
    const { body } = definition;
    const original = messageOrigin(definition);
    const patch = new MessagePatch('FunctionProto', original)
      .text('name', definition.name)
      .text('overload', definition.overload)
      .text('doc_string', definition.docString)
      .texts(
        'input',
        body.inputs.map((value) => value.name),
      )
      .texts(
        'output',
        body.outputs.map((value) => value.name),
      )
      .texts('attribute', definition.attributeNames)
      .payloads(
        'attribute_proto',
        definition.attributeDefaults.map((each) => encodeAttribute(each, this.#context)),
      )
      .payloads(
        'node',
        body.nodes.map((node) => encodeNode(node, this.#context)),
      )
      .payloads('value_info', this.#valueInfos(body, graphOrigin(body)));
    patchDomain(patch, original, definition.domain);
    patchOpsets(patch, original, definition.opsets);
    patchEntries(patch, original, 'metadata_props', definition.metadata);
    return patch.build();
  }

  /** Entries of the file whose values are still there, then values that have gained a type. */
  #valueInfos(graph: Graph, origin: GraphOrigin | null): Rope[] {
    if (this.#omitValueInfo) return [];
    const described = new Set<Value>([...graph.inputs, ...graph.outputs]);
    const ropes: Rope[] = [];
    for (const { value, message } of origin?.valueInfos ?? []) {
      // An entry about a name that never was a value here is none of our business.
      if (value === null) ropes.push(new MessagePatch('ValueInfoProto', message).build());
      else if (graph.value(value.name) === value && value.type !== null) {
        ropes.push(encodeValueInfo(value, message));
        described.add(value);
      }
    }
    for (const value of graph.values()) {
      const isConstant = value.initializer !== null || value.sparseInitializer !== null;
      if (value.type === null || described.has(value) || isConstant || !value.isDefined) continue;
      ropes.push(encodeValueInfo(value, null));
    }
    return ropes;
  }
}

/** Inputs or outputs, each patched over the entry that described it in the file. */
function encodeEntries(values: readonly Value[], entries: readonly ValueEntry[]): Rope[] {
  // A broken file may describe a value twice; last first, so that `pop` takes them in file order.
  const messages = new Map<Value, RawMessage[]>();
  for (const { value, message } of entries.toReversed()) {
    const list = messages.get(value);
    if (list === undefined) messages.set(value, [message]);
    else list.push(message);
  }
  return values.map((value) => encodeValueInfo(value, messages.get(value)?.pop() ?? null));
}

/** A `ValueInfoProto`. What the value was read with and still has is left as the file has it. */
function encodeValueInfo(value: Value, original: RawMessage | null): Rope {
  const { type, docString, metadata } = value;
  const unread: ValueOrigin = { type: null, docString: '', metadata };
  const before = original === null ? null : (valueOrigin(value) ?? unread);
  const patch = new MessagePatch('ValueInfoProto', original).text('name', value.name);
  if (type !== before?.type) {
    const rope = type === null ? null : encodeType(type, original?.message('type') ?? null);
    patch.payload('type', rope);
  }
  if (docString !== before?.docString) patch.text('doc_string', docString);
  if (metadata !== before?.metadata) patchEntries(patch, original, 'metadata_props', metadata);
  return patch.build();
}

/** Quantization annotations follow their values when these are renamed, and go when they go. */
function encodeAnnotations(graph: Graph, origin: GraphOrigin | null): Rope[] {
  const ropes: Rope[] = [];
  for (const { message, value, parameters } of origin?.annotations ?? []) {
    if (value !== null && graph.value(value.name) !== value) continue;
    const patch = new MessagePatch('TensorAnnotation', message);
    if (value !== null) patch.text('tensor_name', value.name);
    const entries = message.messages('quant_parameter_tensor_names').map((entry, at) => {
      const parameter = parameters[at];
      const rewritten = new MessagePatch('StringStringEntryProto', entry);
      if (parameter) rewritten.text('value', parameter.name);
      return rewritten.build();
    });
    ropes.push(patch.payloads('quant_parameter_tensor_names', entries).build());
  }
  return ropes;
}

function patchOpsets(
  patch: MessagePatch,
  original: RawMessage | null,
  opsets: readonly OpsetImport[],
): void {
  const left = original?.messages('opset_import') ?? [];
  const ropes = opsets.map(({ domain, version }) => {
    const at = left.findIndex((each) => normalizeDomain(each.text('domain')) === domain);
    const [earlier] = at < 0 ? [] : left.splice(at, 1);
    const rewritten = new MessagePatch('OperatorSetIdProto', earlier ?? null);
    patchDomain(rewritten, earlier ?? null, domain);
    if (earlier === undefined || earlier.number('version') !== version) {
      rewritten.int('version', version);
    }
    return rewritten.build();
  });
  patch.payloads('opset_import', ropes);
}
