import type { WeightRule } from './weight-rule.ts';

export const gemm: WeightRule = {
  op: 'Gemm',
  summary: "alpha · A' · B' + beta · C with a constant B",
  source: 'https://onnx.ai/onnx/operators/onnx__Gemm.html',
  read(node) {
    const [activation, weight, bias = null] = node.inputs;
    if (!activation || !weight) return { reason: 'it lacks an input' };
    const alpha = node.float('alpha', 1);
    const beta = node.float('beta', 1);
    if (!Number.isFinite(alpha) || alpha === 0) return { reason: `its alpha is ${alpha}` };
    if (!Number.isFinite(beta)) return { reason: `its beta is ${beta}` };
    return {
      kind: 'product',
      activation,
      transposesActivation: node.int('transA', 0) !== 0,
      weight,
      weightIndex: 1,
      transposesWeight: node.int('transB', 0) !== 0,
      alpha,
      beta,
      // With beta 0 the bias is not read, whatever is in it.
      bias: beta === 0 ? null : bias,
    };
  },
};
