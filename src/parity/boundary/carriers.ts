import { attributeFrom, type Graph, type Node, type Value } from '../../graph/index.ts';
import { type DataType, dataTypes } from '../../tensor/index.ts';

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

/** The type that elements pass in where their own cannot; null: they pass as they are. */
export function carrierOf(dtype: DataType): DataType | null {
  return carriers[dtype] ?? null;
}

/** Why tensors of a type cannot be passed in any other either; null: they can. */
export function obstacleOf(dtype: DataType | null): string | null {
  if (dtype !== null && dataTypes[dtype].kind === 'complex') {
    return `onnxruntime computes nothing in ${dtype}`;
  }
  return null;
}

/**
 * Why sequences and optionals of a type cannot be taken apart; null: they can. The operators that do
 * it know the types of old.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__SequenceAt.html,
 * https://onnx.ai/onnx/operators/onnx__OptionalGetElement.html
 */
export function obstacleInside(dtype: DataType | null): string | null {
  if (dtype === null) return 'the model does not say what its elements are';
  if (carrierOf(dtype) === null) return obstacleOf(dtype);
  return `no operator of onnxruntime reads or makes sequences and optionals of ${dtype}`;
}

export function addCast(graph: Graph, value: Value, to: DataType, before?: Node): Value {
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
