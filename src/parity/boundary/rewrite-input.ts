import { vectorizedMap } from '../../feeds/index.ts';
import {
  attributeFrom,
  formatType,
  type Graph,
  type Shape,
  tensorType,
  type Value,
  type ValueType,
} from '../../graph/index.ts';
import {
  type DataType,
  dataTypes,
  isTensor,
  type Tensor,
  type TensorValue,
} from '../../tensor/index.ts';
import { carry } from '../carry.ts';
import { addCast, carrierOf, obstacleInside, obstacleOf } from './carriers.ts';
import {
  type Arrival,
  type InputPassage,
  plainInput,
  unpassableInput,
  type ValueKind,
} from './passage.ts';

/** How an input is declared. */
export interface DeclaredInput {
  readonly kind: ValueKind;
  /** Of the tensor, or of the tensors inside; null where the file does not say. */
  readonly dtype: DataType | null;
  readonly shape: Shape | null;
  /** Whether it is, or holds, tensors at all. */
  readonly isOfTensors: boolean;
}

/** The kind of a value and the type of its elements. */
export function declared(type: ValueType | null): DeclaredInput {
  const [outer, inner] = unwrapped(type);
  const kind =
    outer === 'optional' && inner?.kind === 'sequence'
      ? 'optional-sequence'
      : (outer ?? (inner?.kind === 'sequence' ? 'sequence' : 'tensor'));
  const element = inner?.kind === 'sequence' ? inner.element : inner;
  if (element?.kind !== 'tensor') {
    const isOpen = element === null || element.kind === 'unknown';
    return { kind, dtype: null, shape: null, isOfTensors: isOpen && kind === 'tensor' };
  }
  return { kind, dtype: element.elementType, shape: element.shape, isOfTensors: true };
}

function unwrapped(type: ValueType | null): ['optional' | null, ValueType | null] {
  return type?.kind === 'optional' ? ['optional', type.element] : [null, type];
}

/**
 * Makes tensors of an input, so that the binding can pass it: a Cast where it does not know the type,
 * SequenceConstruct and Optional around the parts, and the row in place of a map.
 *
 * @param arrival What it is going to be fed with; null for an input with a default that is not fed.
 */
export function rewriteInput(graph: Graph, value: Value, arrival: Arrival | null): InputPassage {
  const { name, type } = value;
  const input = declared(type);
  const hasDefault = value.initializer !== null || value.sparseInitializer !== null;
  if (hasDefault && arrival === null) return plainInput(name, input.dtype);
  if (hasDefault) graph.removeInitializer(value);
  if (type?.kind === 'map') return rewriteMap(graph, value);
  const obstacle = inputObstacle(type, input);
  if (obstacle !== null) return unpassableInput({ name, ...input }, obstacle);
  if (input.kind !== 'tensor') return rewriteParts(graph, value, input, arrival ?? 'nothing');
  const carrier = input.dtype === null ? null : carrierOf(input.dtype);
  if (carrier === null) return plainInput(name, input.dtype);
  return rewriteTensor(graph, value, input, carrier);
}

function inputObstacle(type: ValueType | null, { kind, dtype, isOfTensors }: DeclaredInput) {
  const reason = !isOfTensors
    ? 'which onnxruntime-node cannot pass'
    : kind === 'tensor'
      ? obstacleOf(dtype)
      : obstacleInside(dtype);
  return reason === null ? null : `it is ${formatType(type)}, ${reason}`;
}

function rewriteTensor(
  graph: Graph,
  value: Value,
  { shape, dtype }: DeclaredInput,
  carrier: DataType,
): InputPassage {
  const { name } = value;
  const carried = graph.addInput(
    graph.model.names.allocate(`${name}_as_${carrier}`),
    tensorType(carrier, shape),
  );
  replace(graph, value, addCast(graph, carried, dtype ?? carrier, graph.nodes[0]));
  return {
    name,
    kind: 'tensor',
    dtype,
    unpassable: null,
    note: `input "${name}" is ${dtype}: it is fed as ${carrier}, through a Cast`,
    carriers: [carried.name],
    carry: (given) => [[carried.name, toCarrier(given as Tensor, dtype, carrier, carried.name)]],
  };
}

/** A tensor of another type than the model's is left for the session to refuse. */
function toCarrier(tensor: Tensor, from: DataType | null, to: DataType, name: string): Tensor {
  return tensor.dtype === from ? carry(tensor, to, name) : tensor;
}

function rewriteMap(graph: Graph, value: Value): InputPassage {
  const { name, type } = value;
  const map = vectorizedMap(value);
  if (map === null) {
    const reason = `it is ${formatType(type)}, which onnxruntime-node cannot pass, and not only DictVectorizer reads it`;
    return unpassableInput({ name, kind: 'tensor', dtype: null }, reason);
  }
  const { dtype, nodes, keys } = map;
  const row = graph.addInput(
    graph.model.names.allocate(`${name}_as_row`),
    tensorType(dtype, [1, keys.length]),
  );
  for (const node of nodes) {
    const [made] = node.outputs;
    if (made) graph.replaceUses(made, row);
    graph.removeNode(node);
  }
  graph.removeInput(value);
  return {
    name,
    kind: 'tensor',
    dtype,
    unpassable: null,
    note: `input "${name}" is a map: the row that DictVectorizer makes of it is fed instead`,
    carriers: [row.name],
    carry: (given) => [[row.name, given as Tensor]],
  };
}

/** A sequence or an optional, made of what arrives. */
function rewriteParts(
  graph: Graph,
  value: Value,
  { kind, dtype, shape }: DeclaredInput,
  arrival: Arrival,
): InputPassage {
  const { name, type } = value;
  const [before] = graph.nodes;
  const { names } = graph.model;
  const add = (opType: string, inputs: readonly Value[], extra: ReturnType<typeof attributesOf>) =>
    graph.addNode(
      { opType, inputs, outputs: [names.allocate(`${name}_made`)], attributes: extra },
      before === undefined ? 'end' : { before },
    ).outputs[0] as Value;
  const count = arrival === 'nothing' ? 0 : arrival === 'tensor' ? 1 : arrival;
  const parts = Array.from({ length: count }, (_, at) =>
    graph.addInput(
      names.allocate(arrival === 'tensor' ? `${name}_value` : `${name}_${at}`),
      tensorType(dtype, arrival === 'tensor' ? shape : null),
    ),
  );
  const inside = type?.kind === 'optional' ? type.element : type;
  let made = arrival === 'tensor' ? parts[0] : undefined;
  if (typeof arrival === 'number') {
    made =
      count === 0
        ? add('SequenceEmpty', [], attributesOf(dtype))
        : add('SequenceConstruct', parts, []);
    graph.setType(made, inside);
  }
  if (kind !== 'sequence') {
    made = add(
      'Optional',
      made === undefined ? [] : [made],
      made !== undefined || inside === null ? [] : [{ name: 'type', type: 'type', value: inside }],
    );
    graph.setType(made, type);
  }
  if (made !== undefined) replace(graph, value, made);
  const carriers = parts.map((part) => part.name);
  return {
    name,
    kind,
    dtype,
    unpassable: null,
    note: `input "${name}" is ${kindText(kind)}: its tensors are fed one by one`,
    carriers,
    carry: (given) => partsOf(given).map((tensor, at) => [carriers[at] ?? '', tensor]),
  };
}

function attributesOf(dtype: DataType | null) {
  return dtype === null ? [] : [attributeFrom('dtype', BigInt(dataTypes[dtype].code))];
}

function partsOf(value: TensorValue): readonly Tensor[] {
  if (value === null) return [];
  return isTensor(value) ? [value] : value;
}

/** `a sequence`, `an optional` and so on, for messages. */
export function kindText(kind: ValueKind): string {
  if (kind === 'tensor') return 'a tensor';
  if (kind === 'sequence') return 'a sequence';
  return kind === 'optional' ? 'an optional' : 'an optional sequence';
}

function replace(graph: Graph, value: Value, by: Value): void {
  graph.replaceUses(value, by);
  graph.removeInput(value);
}
