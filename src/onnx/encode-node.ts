import type { Attribute, Graph, Node } from '../graph/index.ts';
import { normalizeDomain } from './decode.ts';
import { attributeType, attributeTypes } from './decode-attribute.ts';
import { patchEntries } from './encode-entries.ts';
import { encodeSparse, encodeTensor, type Placer } from './encode-tensor.ts';
import { encodeType } from './encode-type.ts';
import type { RawMessage } from './message.ts';
import { messageOrigin } from './origin.ts';
import { MessagePatch } from './patch.ts';
import type { Rope } from './rope.ts';

/** What nodes need to write the graphs and tensors in their attributes. */
export interface NodeContext {
  readonly place: Placer;
  readonly graph: (graph: Graph) => Rope;
}

/** A `NodeProto`. */
export function encodeNode(node: Node, context: NodeContext): Rope {
  const original = messageOrigin(node);
  const patch = new MessagePatch('NodeProto', original)
    .texts('input', namesOf(node.inputs))
    .texts('output', namesOf(node.outputs))
    .text('name', node.name)
    .text('op_type', node.opType)
    .text('doc_string', node.docString)
    .text('overload', node.overload);
  patchDomain(patch, original, node.domain);
  patchEntries(patch, original, 'metadata_props', node.metadata);
  return patch
    .payloads(
      'attribute',
      node.attributes.map((attribute) => encodeAttribute(attribute, context)),
    )
    .build();
}

/** Sets a domain, and leaves `ai.onnx` alone where it is written out. */
export function patchDomain(
  patch: MessagePatch,
  original: RawMessage | null,
  domain: string,
): void {
  if (original !== null && normalizeDomain(original.text('domain')) === domain) return;
  patch.text('domain', domain);
}

/** An `AttributeProto`. */
export function encodeAttribute(attribute: Attribute, context: NodeContext): Rope {
  const earlier = messageOrigin(attribute);
  const original = earlier !== null && isSameKind(earlier, attribute) ? earlier : null;
  const patch = new MessagePatch('AttributeProto', original)
    .text('name', attribute.name)
    .text('doc_string', attribute.docString ?? '');
  const type = attribute.type === 'reference' ? attribute.referenceType : attribute.type;
  const code = attributeTypes.find((each) => each.type === type)?.code;
  // Before IR 2 the type was not written.
  if (original === null && code !== undefined) patch.int('type', code);
  switch (attribute.type) {
    case 'reference':
      return patch.text('ref_attr_name', attribute.referenceName).build();
    case 'undefined':
      return patch.build();
    case 'float':
      return patch.float('f', presence(original, 'f', attribute.value, 0)).build();
    case 'int':
      return patch.int('i', presence(original, 'i', attribute.value, 0n)).build();
    case 'string': {
      const isAbsent = original !== null && !original.has('s') && attribute.value.length === 0;
      return patch.bytes('s', isAbsent ? null : attribute.value).build();
    }
    case 'floats':
      return patch.floats('floats', attribute.value).build();
    case 'ints':
      return patch.ints('ints', attribute.value).build();
    case 'strings':
      return patch.bytesList('strings', attribute.value).build();
    default:
      return encodeParts(patch, attribute, original, context).build();
  }
}

type PartAttribute = Extract<
  Attribute,
  {
    type:
      | 'tensor'
      | 'tensors'
      | 'graph'
      | 'graphs'
      | 'sparse-tensor'
      | 'sparse-tensors'
      | 'type'
      | 'types';
  }
>;

/** Attributes whose values are messages. */
function encodeParts(
  patch: MessagePatch,
  attribute: PartAttribute,
  original: RawMessage | null,
  { place, graph }: NodeContext,
): MessagePatch {
  switch (attribute.type) {
    case 'tensor':
      return patch.payload('t', encodeTensor(attribute.value, attribute.value.name, place));
    case 'tensors':
      return patch.payloads(
        'tensors',
        attribute.value.map((each) => encodeTensor(each, each.name, place)),
      );
    case 'graph':
      return patch.payload('g', graph(attribute.value));
    case 'graphs':
      return patch.payloads('graphs', attribute.value.map(graph));
    case 'sparse-tensor':
      return patch.payload(
        'sparse_tensor',
        encodeSparse(attribute.value, attribute.value.values.name, place),
      );
    case 'sparse-tensors':
      return patch.payloads(
        'sparse_tensors',
        attribute.value.map((each) => encodeSparse(each, each.values.name, place)),
      );
    case 'type':
      return patch.payload('tp', encodeType(attribute.value, original?.message('tp') ?? null));
    case 'types': {
      const before = original?.messages('type_protos') ?? [];
      return patch.payloads(
        'type_protos',
        attribute.value.map((each, at) => encodeType(each, before[at] ?? null)),
      );
    }
  }
}

function namesOf(values: Node['inputs']): string[] {
  return values.map((value) => value?.name ?? '');
}

/** Whether the message that an attribute was read from still holds a value of its kind. */
function isSameKind(message: RawMessage, attribute: Attribute): boolean {
  const isReference = message.text('ref_attr_name') !== '';
  if (attribute.type === 'reference') return isReference;
  if (attribute.type === 'undefined') return true;
  return !isReference && attributeType(message) === attribute.type;
}

/** A default that the original leaves out stays out. */
function presence<T>(original: RawMessage | null, field: string, value: T, fallback: T): T | null {
  return original !== null && !original.has(field) && Object.is(value, fallback) ? null : value;
}
