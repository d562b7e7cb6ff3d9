import type { Node, Value } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { counted } from './operator-list.ts';

/** What runtimes take into a quantized convolution, between it and the QuantizeLinear node. */
const fused: ReadonlySet<string> = new Set(['Clip', 'LeakyRelu', 'Relu']);

export const quantizationUnpaired: Check<'quantization-unpaired'> = {
  codes: ['quantization-unpaired'],
  severity: 'info',
  summary: 'convolutions of dequantized values whose result is not quantized again',
  run({ nodes }) {
    const unpaired = nodes.map(({ node }) => node).filter(isUnpaired);
    const [first] = unpaired;
    if (first === undefined) return [];
    return [
      {
        code: 'quantization-unpaired',
        at: { node: first.label },
        message: `${counted(unpaired.length, 'Conv node')} read dequantized values and give what is not quantized again, the first being ${first.label}: they are computed in floating point`,
        fix: 'Put QuantizeLinear and DequantizeLinear behind them too.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

function isUnpaired(node: Node): boolean {
  if (node.domain !== '' || node.opType !== 'Conv') return false;
  const isDequantized = [0, 1].every(
    (at) => node.inputs[at]?.producer?.opType === 'DequantizeLinear',
  );
  return isDequantized && !isQuantized(node.outputs[0] ?? null);
}

function isQuantized(value: Value | null): boolean {
  for (const use of value?.uses ?? []) {
    if (use.kind === 'output') continue;
    const { node } = use;
    if (node.opType === 'QuantizeLinear') return true;
    if (fused.has(node.opType) && isQuantized(node.outputs[0] ?? null)) return true;
  }
  return false;
}
