import type { Node } from '../../graph/index.ts';
import {
  type Arrival,
  below,
  type Demand,
  type DemandRule,
  type DemandRules,
  label,
} from './demand.ts';

/** Operators of ai.onnx.ml and their like, which know the values that they may meet. */

/** At most this many are kept: enough for variety. */
const mostChoices = 1000;

function vocabulary(...attributes: string[]): DemandRule {
  return (arrival: Arrival): Demand | null => {
    for (const name of attributes) {
      const choices = entries(arrival.node, name);
      if (choices.length === 0) continue;
      return { kind: 'choices', choices, why: `one of ${choices.length} (${label(arrival)})` };
    }
    return null;
  };
}

function entries(node: Node, name: string): (number | string)[] {
  const attribute = node.attribute(name);
  if (attribute?.type === 'strings') {
    const decoder = new TextDecoder();
    return attribute.value.slice(0, mostChoices).map((each) => decoder.decode(each));
  }
  if (attribute?.type === 'ints') return attribute.value.slice(0, mostChoices).map(Number);
  if (attribute?.type === 'floats') return attribute.value.slice(0, mostChoices);
  if (attribute?.type !== 'tensor') return [];
  const tensor = attribute.value;
  if (tensor.elementType === 'string') return tensor.toStrings().slice(0, mostChoices);
  return [...tensor.toFloat64().subarray(0, mostChoices)];
}

export const mlDemands: DemandRules = {
  ArrayFeatureExtractor: { 1: (arrival) => below(arrival.sizes(0)?.at(-1), arrival, 'features') },
  LabelEncoder: {
    0: vocabulary('keys_strings', 'keys_int64s', 'keys_floats', 'keys_tensor', 'classes_strings'),
  },
  CategoryMapper: { 0: vocabulary('cats_strings', 'cats_int64s') },
  OneHotEncoder: { 0: vocabulary('cats_strings', 'cats_int64s') },
  TfIdfVectorizer: { 0: vocabulary('pool_strings', 'pool_int64s') },
};
