import type { Node, Value } from '../graph/index.ts';
import type { DataType } from '../tensor/index.ts';

/** An output that is a list of maps, and the matrix that it is made of: a row a map, a column a key. */
export interface ZippedMaps {
  readonly node: Node;
  readonly scores: Value;
  /** Integers in decimal. */
  readonly keys: readonly string[];
}

/** An input that is a map, and the nodes that make a row of it: a column a key, 0 where it has none. */
export interface VectorizedMap {
  readonly nodes: readonly Node[];
  /** Integers in decimal. */
  readonly keys: readonly string[];
  /** The type of the map's values. */
  readonly dtype: DataType;
}

/**
 * What an output that ZipMap makes is made of; null: something else makes it.
 *
 * Source: https://onnx.ai/onnx/operators/onnx_aionnxml_ZipMap.html
 */
export function zippedMaps({ producer }: Value): ZippedMaps | null {
  const scores = producer?.inputs[0];
  if (producer?.opType !== 'ZipMap' || producer.domain !== mlDomain || !scores) return null;
  const keys = keysOf(producer, 'classlabels_strings', 'classlabels_int64s');
  return { node: producer, scores, keys: keys ?? [] };
}

/**
 * What becomes of an input of map type; null where anything but DictVectorizer reads it, or two of
 * them with other keys.
 *
 * Source: https://onnx.ai/onnx/operators/onnx_aionnxml_DictVectorizer.html
 */
export function vectorizedMap({ type, uses }: Value): VectorizedMap | null {
  if (type?.kind !== 'map' || type.value?.kind !== 'tensor') return null;
  const nodes = [...uses].flatMap((use) => (use.kind === 'input' ? [use.node] : []));
  const [first] = nodes;
  if (first === undefined || nodes.length !== uses.size) return null;
  if (!nodes.every((node) => node.opType === 'DictVectorizer' && node.domain === mlDomain)) {
    return null;
  }
  const [keys, ...others] = nodes.map((node) =>
    keysOf(node, 'string_vocabulary', 'int64_vocabulary'),
  );
  const dtype = type.value.elementType;
  if (!keys || dtype === null) return null;
  const isSame = others.every((other) => other?.join('\n') === keys.join('\n'));
  return isSame ? { nodes, keys, dtype } : null;
}

const mlDomain = 'ai.onnx.ml';

function keysOf(node: Node, ofTexts: string, ofIntegers: string): string[] | null {
  const texts = node.attribute(ofTexts);
  const decoder = new TextDecoder();
  if (texts?.type === 'strings') return texts.value.map((each) => decoder.decode(each));
  const integers = node.attribute(ofIntegers);
  return integers?.type === 'ints' ? integers.value.map(String) : null;
}
