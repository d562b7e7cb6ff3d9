import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import onnxProto from 'onnx-proto';
import { temporaryFolder } from '../support/files.ts';

const { onnx } = onnxProto;

/** Element types by the numbers of TensorProto.DataType. */
export const code = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  uint4: 21,
} as const;

export interface Slot {
  readonly name: string;
  /** TensorProto.DataType */
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

export interface TinyNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: readonly Record<string, unknown>[];
}

export interface TinyModel {
  readonly nodes: readonly TinyNode[];
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly initializers?: readonly Record<string, unknown>[];
  readonly opset?: number;
  readonly irVersion?: number;
  readonly domains?: readonly string[];
}

export function valueInfo({ name, type, shape }: Slot): Record<string, unknown> {
  const dim = shape.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: type, shape: { dim } } } };
}

function graphOf(model: TinyModel): Record<string, unknown> {
  return {
    name: 'tiny',
    node: model.nodes.map(({ op, inputs, outputs, domain, attributes }) => ({
      opType: op,
      input: [...inputs],
      output: [...outputs],
      ...(domain !== undefined && { domain }),
      attribute: [...(attributes ?? [])],
    })),
    input: model.inputs.map(valueInfo),
    output: model.outputs.map(valueInfo),
    initializer: [...(model.initializers ?? [])],
  };
}

/** The bytes of a model, encoded by another implementation of protobuf than ours. */
export function encodeModel(model: TinyModel): Uint8Array {
  const opsetImport = [
    { domain: '', version: model.opset ?? 13 },
    ...(model.domains ?? []).map((domain) => ({ domain, version: 1 })),
  ];
  const fields = { irVersion: model.irVersion ?? 7, opsetImport, graph: graphOf(model) };
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(fields)).finish();
}

/** Writes a model to a folder of its own; returns its path. */
export function writeModel(model: TinyModel, name = 'model.onnx'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, encodeModel(model));
  return path;
}

/** z = x + y on float32[n, 2]. */
export const addModel: TinyModel = {
  nodes: [{ op: 'Add', inputs: ['x', 'y'], outputs: ['z'] }],
  inputs: [
    { name: 'x', type: code.float32, shape: ['n', 2] },
    { name: 'y', type: code.float32, shape: ['n', 2] },
  ],
  outputs: [{ name: 'z', type: code.float32, shape: ['n', 2] }],
};

/** y = x of one type and shape. */
export function identityModel(type: number, shape: readonly (number | string)[]): TinyModel {
  return {
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    inputs: [{ name: 'x', type, shape }],
    outputs: [{ name: 'y', type, shape }],
  };
}

/** Adds 1 to a counter `trips` times: takes as long as it is told to (about 1 µs a trip). */
export const countModel: TinyModel = {
  nodes: [
    {
      op: 'Loop',
      inputs: ['trips', '', 'start'],
      outputs: ['count'],
      attributes: [{ name: 'body', type: 5, g: countBody() }],
    },
  ],
  inputs: [
    { name: 'trips', type: code.int64, shape: [] },
    { name: 'start', type: code.float32, shape: [1] },
  ],
  outputs: [{ name: 'count', type: code.float32, shape: [1] }],
};

function countBody(): Record<string, unknown> {
  return graphOf({
    nodes: [
      { op: 'Identity', inputs: ['go'], outputs: ['goOn'] },
      { op: 'Add', inputs: ['before', 'one'], outputs: ['after'] },
    ],
    inputs: [
      { name: 'trip', type: code.int64, shape: [] },
      { name: 'go', type: code.bool, shape: [] },
      { name: 'before', type: code.float32, shape: [1] },
    ],
    outputs: [
      { name: 'goOn', type: code.bool, shape: [] },
      { name: 'after', type: code.float32, shape: [1] },
    ],
    initializers: [{ name: 'one', dataType: code.float32, dims: [1], floatData: [1] }],
  });
}
