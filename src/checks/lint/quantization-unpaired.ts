import { type Model, type Node, type Value, walkNodes } from '../../graph/index.ts';
import type { Check } from '../check.ts';
import { counted } from './operator-list.ts';

/** Operators that hand quantized values on as they are. */
const passing: ReadonlySet<string> = new Set([
  'Concat',
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'MaxPool',
  'Pad',
  'Reshape',
  'Resize',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

export const quantizationUnpaired: Check<'quantization-unpaired'> = {
  codes: ['quantization-unpaired'],
  severity: 'info',
  summary: 'a value that is quantized in one graph and dequantized with other parameters',
  run({ model }) {
    const mismatched = findMismatched(model);
    const [first] = mismatched;
    if (first === undefined) return [];
    return [
      {
        code: 'quantization-unpaired',
        at: { node: first.label },
        message: `${counted(mismatched.length, 'DequantizeLinear node')} read what QuantizeLinear wrote with another scale or zero point, the first being ${first.label}`,
        fix: 'Give both nodes of a pair the same scale and zero point, unless the change is meant.',
        spec: 'ok',
        runtime: 'accepts',
      },
    ];
  },
};

function findMismatched(model: Model): Node[] {
  const found: Node[] = [];
  for (const { node } of walkNodes(model)) {
    if (node.opType !== 'DequantizeLinear') continue;
    const source = quantizerOf(node.inputs[0] ?? null);
    if (source === null) continue;
    const isPair = [1, 2].every((at) => isSame(source.inputs[at] ?? null, node.inputs[at] ?? null));
    if (!isPair) found.push(node);
  }
  return found;
}

/** The QuantizeLinear node that a value comes from, as it was written. */
function quantizerOf(value: Value | null): Node | null {
  const seen = new Set<Node>();
  for (let node = value?.producer ?? null; node !== null && !seen.has(node); ) {
    if (node.opType === 'QuantizeLinear') return node;
    if (!passing.has(node.opType) || node.opType === 'Concat') return null;
    seen.add(node);
    node = node.inputs[0]?.producer ?? null;
  }
  return null;
}

/** Whether two scales or zero points are known to be the same, or at least not known to differ. */
function isSame(a: Value | null, b: Value | null): boolean {
  const left = a?.constant ?? null;
  const right = b?.constant ?? null;
  if (a === b || left === null || right === null) return true;
  const one = left.storage;
  const other = right.storage;
  if (one.kind === 'external' || other.kind === 'external') return true;
  if (one.byteLength !== other.byteLength) return false;
  return Buffer.compare(one.bytes(), other.bytes()) === 0;
}
