/*
 * The smallest model that a provider can be tried with: y = x + x on float32[4], opset 13, IR 7.
 * Written out by hand in the protobuf wire format, so that probing needs no file and no codec.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers),
 * https://protobuf.dev/programming-guides/encoding/ (tag = field number * 8 + wire type)
 */

/** A length-delimited field. Every length here is below 128, one byte. */
function field(number: number, content: readonly number[]): number[] {
  return [number * 8 + 2, content.length, ...content];
}

/** A varint field with a value below 128. */
function number(field: number, value: number): number[] {
  return [field * 8, value];
}

function text(ascii: string): number[] {
  return Array.from(Buffer.from(ascii, 'ascii'));
}

/** ValueInfoProto {name, type: {tensor_type: {elem_type: FLOAT, shape: {dim: {dim_value: 4}}}}} */
function float32Of4(name: string): number[] {
  const shape = field(1, number(1, 4));
  const tensorType = [...number(1, 1), ...field(2, shape)];
  return [...field(1, text(name)), ...field(2, field(1, tensorType))];
}

const node: readonly number[] = [
  ...field(1, text('x')),
  ...field(1, text('x')),
  ...field(2, text('y')),
  ...field(4, text('Add')),
];

const graph: readonly number[] = [
  ...field(1, node),
  ...field(2, text('probe')),
  ...field(11, float32Of4('x')),
  ...field(12, float32Of4('y')),
];

/** ModelProto {ir_version: 7, graph, opset_import: {version: 13}} */
export const probeModel: Uint8Array = Uint8Array.from([
  ...number(1, 7),
  ...field(7, graph),
  ...field(8, number(2, 13)),
]);
