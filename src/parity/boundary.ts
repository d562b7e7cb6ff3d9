import {
  attributeFrom,
  formatType,
  type Graph,
  type Model,
  type Node,
  type Shape,
  tensorType,
  type Value,
  type ValueType,
} from '../graph/index.ts';
import { type DataType, dataTypes } from '../tensor/index.ts';

/** An input or output of a model, and how the runtime's binding passes it. */
export interface Passage {
  /** The model's name for it. */
  readonly name: string;
  /** What the rewritten model calls it; null: it cannot be passed. */
  readonly carrier: string | null;
  /** The model's element type where the carrier has another. */
  readonly dtype: DataType | null;
  /** Of scores that were a list of maps: the keys, in the order of the columns. */
  readonly keys: readonly string[] | null;
  /** What was done, or why it cannot be passed; null: it passes as it is. */
  readonly note: string | null;
}

/** The inputs and outputs of a model in order. */
export interface Boundary {
  readonly inputs: readonly Passage[];
  readonly outputs: readonly Passage[];
  readonly isRewritten: boolean;
}

/**
 * What onnxruntime-node cannot pass, and a type that it can and that holds every value of it:
 * bfloat16 and the types below eight bits are refused when the model is loaded or, worse, end the
 * process when it runs.
 */
const carriers: Partial<Record<DataType, DataType>> = {
  bfloat16: 'float32',
  float8e4m3fn: 'float32',
  float8e4m3fnuz: 'float32',
  float8e5m2: 'float32',
  float8e5m2fnuz: 'float32',
  float8e8m0: 'float32',
  float6e2m3: 'float32',
  float6e3m2: 'float32',
  float4e2m1: 'float32',
  int4: 'int8',
  int2: 'int8',
  uint4: 'uint8',
  uint2: 'uint8',
};

/** An opset in which Cast and Identity are what they are today, for models that import none. */
const plainOpset = 13;

/**
 * Changes a model so that the binding can pass its inputs and outputs: a Cast goes before an input
 * or behind an output of a type that it does not know, and in place of the list of maps that ZipMap
 * makes comes the matrix that it makes them of. Nothing inside changes, so neither does a value.
 */
export function rewriteBoundary(model: Model): Boundary {
  const { graph } = model;
  const outputs = graph.outputs.map(({ name, type }) => ({ name, type }));
  const inputs = graph.inputs.map((value) => rewriteInput(graph, value));
  const rewritten = outputs.map((output, index) => rewriteOutput(graph, index, output));
  const isRewritten = [...inputs, ...rewritten].some(
    (each) => each.carrier !== null && each.carrier !== each.name,
  );
  if (isRewritten && model.opset('') === undefined) model.setOpset('', plainOpset);
  return { inputs, outputs: rewritten, isRewritten };
}

function rewriteInput(graph: Graph, value: Value): Passage {
  const { name, type } = value;
  const carrier = carrierOf(type);
  const hasDefault = value.initializer !== null || value.sparseInitializer !== null;
  if (carrier === null || hasDefault) return asItIs(name);
  const carrierName = graph.model.names.allocate(`${name}_as_${carrier.to}`);
  const input = graph.addInput(carrierName, tensorType(carrier.to, carrier.shape));
  const [first] = graph.nodes;
  const cast = addCast(graph, input, carrier.from, first);
  graph.replaceUses(value, cast);
  graph.removeInput(value);
  const note = `input "${name}" is ${carrier.from}: it is fed as ${carrier.to}, through a Cast`;
  return { name, carrier: carrierName, dtype: carrier.from, keys: null, note };
}

function rewriteOutput(
  graph: Graph,
  index: number,
  { name, type }: { name: string; type: ValueType | null },
): Passage {
  const value = graph.outputs[index];
  const carrier = carrierOf(type);
  if (value === undefined) return asItIs(name);
  if (carrier !== null) {
    const cast = addCast(graph, value, carrier.to);
    graph.setType(cast, tensorType(carrier.to, carrier.shape));
    graph.setOutput(index, cast);
    const note = `output "${name}" is ${carrier.from}: it is read as ${carrier.to}, through a Cast`;
    return { name, carrier: cast.name, dtype: carrier.from, keys: null, note };
  }
  if (type === null || type.kind === 'tensor') return asItIs(name);
  return rewriteZipMap(graph, index, value) ?? notPassable(name, type);
}

function asItIs(name: string): Passage {
  return { name, carrier: name, dtype: null, keys: null, note: null };
}

function notPassable(name: string, type: ValueType): Passage {
  const note = `it is ${formatType(type)}, which onnxruntime-node cannot pass`;
  return { name, carrier: null, dtype: null, keys: null, note };
}

function rewriteZipMap(graph: Graph, index: number, value: Value): Passage | null {
  const { name, producer } = value;
  const scores = producer?.inputs[0];
  if (producer?.opType !== 'ZipMap' || producer.domain !== 'ai.onnx.ml' || !scores) return null;
  // The scores may be an output already, and no value can be one twice.
  const node = graph.addNode({
    opType: 'Identity',
    inputs: [scores],
    outputs: [graph.model.names.allocate(`${name}_as_matrix`)],
  });
  const matrix = node.outputs[0] as Value;
  graph.setType(matrix, tensorType('float32', null));
  graph.setOutput(index, matrix);
  const keys = keysOf(producer);
  if (value.uses.size === 0) graph.removeNode(producer);
  const note = `output "${name}" is a list of maps: the matrix that it is made of is read instead`;
  return { name, carrier: matrix.name, dtype: null, keys, note };
}

function keysOf(zipMap: Node): string[] {
  const texts = zipMap.attribute('classlabels_strings');
  const decoder = new TextDecoder();
  if (texts?.type === 'strings') return texts.value.map((each) => decoder.decode(each));
  return (zipMap.ints('classlabels_int64s') ?? []).map(String);
}

function carrierOf(
  type: ValueType | null,
): { from: DataType; to: DataType; shape: Shape | null } | null {
  if (type?.kind !== 'tensor' || type.elementType === null) return null;
  const to = carriers[type.elementType];
  return to === undefined ? null : { from: type.elementType, to, shape: type.shape };
}

function addCast(graph: Graph, value: Value, to: DataType, before?: Node): Value {
  const node = graph.addNode(
    {
      opType: 'Cast',
      inputs: [value],
      outputs: [graph.model.names.allocate(`${value.name}_as_${to}`)],
      attributes: [attributeFrom('to', BigInt(dataTypes[to].code))],
    },
    before === undefined ? 'end' : { before },
  );
  return node.outputs[0] as Value;
}
