import type { Model, Node, Value } from '../graph/index.ts';
import type { IntegerMeaning } from './profile.ts';

/** Operators that pass on the values of their first input, in whatever shape, order or type. */
const passing: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Slice',
  'Split',
  'Expand',
  'Tile',
  'DepthToSpace',
  'SpaceToDepth',
  'MaxPool',
  'Concat',
]);

/** Operators whose output, by its place, says where something is, or which one was chosen. */
const choosing: ReadonlyMap<string, number> = new Map([
  ['ArgMax', 0],
  ['ArgMin', 0],
  ['TopK', 1],
  ['NonZero', 0],
  ['NonMaxSuppression', 0],
  ['Unique', 1],
  ['Multinomial', 0],
  ['TreeEnsembleClassifier', 0],
  ['LinearClassifier', 0],
  ['SVMClassifier', 0],
]);

const quantizing: ReadonlySet<string> = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);

/** Far more than any output is away from what made its values. */
const mostSteps = 100;

/**
 * What the integers of a model's outputs stand for, by the nodes that make them. Outputs of which
 * that is not known, or that hold no integers, are left out.
 */
export function integerMeanings(model: Model): ReadonlyMap<string, IntegerMeaning> {
  const result = new Map<string, IntegerMeaning>();
  for (const output of model.graph.outputs) {
    const meaning = meaningOf(output);
    if (meaning !== null) result.set(output.name, meaning);
  }
  return result;
}

function meaningOf(output: Value): IntegerMeaning | null {
  let value: Value | null | undefined = output;
  for (let step = 0; step < mostSteps && value; step += 1) {
    const node: Node | null = value.producer;
    if (node === null) return null;
    const { opType } = node;
    if (choosing.get(opType) === value.producerIndex) return 'chosen';
    if (quantizing.has(opType) || opType.startsWith('QLinear')) {
      return value.producerIndex === 0 ? 'quantized' : null;
    }
    if (!passing.has(opType)) return null;
    value = node.inputs[0];
  }
  return null;
}
