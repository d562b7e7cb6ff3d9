import type { WeightRule } from './weight-rule.ts';

export const gather: WeightRule = {
  op: 'Gather',
  summary: 'rows of a constant table: embeddings',
  source: 'https://onnx.ai/onnx/operators/onnx__Gather.html',
  read(node) {
    const [weight, indices] = node.inputs;
    if (!weight || !indices) return { reason: 'it lacks an input' };
    const axis = node.int('axis', 0);
    if (axis !== 0) return { reason: `it looks up along axis ${axis}, not along the first one` };
    return { kind: 'lookup', weight, weightIndex: 0, indices };
  },
};
