/**
 * The newest IR version that onnxruntime 1.30.0 loads, and the newest version of each operator set
 * that it knows. Operator sets that are not here are custom to it, in any version.
 *
 * Found by loading one-node models of each version with the runtime itself, CPU provider.
 */
export const runtimeLimits: {
  readonly version: string;
  readonly irVersion: number;
  readonly opsets: ReadonlyMap<string, number>;
} = {
  version: '1.30',
  irVersion: 13,
  opsets: new Map([
    ['', 26],
    ['ai.onnx.ml', 5],
    ['ai.onnx.training', 1],
    ['ai.onnx.preview', 1],
    ['ai.onnx.preview.training', 1],
    ['com.microsoft', 1],
    ['com.microsoft.experimental', 1],
    ['com.microsoft.nchwc', 1],
    ['com.ms.internal.nhwc', 26],
    ['org.pytorch.aten', 1],
  ]),
};
