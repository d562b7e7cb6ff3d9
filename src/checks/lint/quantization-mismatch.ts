import type { Node, Value } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { counted } from './operator-list.ts';

/** Operators that hand their first input's quantized values on as they are. */
const passing: ReadonlySet<string> = new Set([
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'MaxPool',
  'Reshape',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

/** Larger scales are not read. */
const mostBytes = 64 * 1024;

export const quantizationMismatch: Check<'quantization-mismatch'> = {
  codes: ['quantization-mismatch'],
  severity: 'info',
  summary: 'values that are dequantized with another scale than they were quantized with',
  run({ nodes }) {
    const mismatched = nodes.map(({ node }) => node).filter(isMismatched);
    const [first] = mismatched;
    if (first === undefined) return [];
    const count = counted(mismatched.length, 'DequantizeLinear node');
    return [
      {
        code: 'quantization-mismatch',
        at: { node: first.label },
        message: `${count} ${mismatched.length === 1 ? 'reads' : 'read'} what QuantizeLinear wrote with another scale or zero point, the first being ${first.label}`,
        fix: 'Give both nodes of a pair the same scale and zero point, unless the change is meant.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

function isMismatched(node: Node): boolean {
  if (node.opType !== 'DequantizeLinear') return false;
  const source = quantizerOf(node.inputs[0] ?? null);
  return source !== null && [1, 2].some((at) => differ(source.inputs[at], node.inputs[at]));
}

/** The QuantizeLinear node that a value comes from, as it was written. */
function quantizerOf(value: Value | null): Node | null {
  const seen = new Set<Node>();
  let node = value?.producer ?? null;
  while (node !== null && !seen.has(node)) {
    if (node.opType === 'QuantizeLinear') return node;
    if (!passing.has(node.opType)) return null;
    seen.add(node);
    node = node.inputs[0]?.producer ?? null;
  }
  return null;
}

/** Whether two scales or zero points are known to differ. */
function differ(a: Value | null | undefined, b: Value | null | undefined): boolean {
  const one = a?.constant?.storage;
  const other = b?.constant?.storage;
  if (a === b || one === undefined || other === undefined) return false;
  if (one.kind === 'external' || other.kind === 'external') return false;
  if (one.byteLength !== other.byteLength) return true;
  return one.byteLength <= mostBytes && Buffer.compare(one.bytes(), other.bytes()) !== 0;
}
