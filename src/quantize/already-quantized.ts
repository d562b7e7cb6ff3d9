import { MlkitError } from '../errors.ts';
import type { Node } from '../graph/index.ts';

/** Operators that compute with integers, or turn them into floats and back; of any domain. */
const integerOperators =
  /^(QuantizeLinear|DequantizeLinear|DynamicQuantize\w+|QLinear\w+|MatMulInteger\w*|ConvInteger\w*|MatMulNBits|MatMulBnb4|MatMulFpQ4|GatherBlockQuantized|Q(Attention|Gemm|MoE|EmbedLayerNormalization|OrderedMatMul))$/;

/** @throws MlkitError MODEL_UNSUPPORTED for a model that is quantized already. */
export function refuseQuantized(nodes: readonly Node[]): void {
  const found = nodes.filter((node) => integerOperators.test(node.opType));
  const [first] = found;
  if (first === undefined) return;
  const count = found.length === 1 ? 'a node' : `${found.length} nodes`;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `the model is quantized already: it has ${count} such as ${first.label}`,
    { hint: 'Quantize the float model that it was made from.' },
  );
}
