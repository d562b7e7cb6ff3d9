import type { WeightRule } from './weight-rule.ts';

export const matmul: WeightRule = {
  op: 'MatMul',
  summary: 'A · B with a constant B',
  source: 'https://onnx.ai/onnx/operators/onnx__MatMul.html',
  read(node) {
    const [activation, weight] = node.inputs;
    if (!activation || !weight) return { reason: 'it lacks an input' };
    return {
      kind: 'product',
      activation,
      transposesActivation: false,
      weight,
      weightIndex: 1,
      transposesWeight: false,
      alpha: 1,
      beta: 1,
      bias: null,
    };
  },
};
