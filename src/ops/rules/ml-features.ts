import type { Size } from '../../symbolic/index.ts';
import type { DataType } from '../../tensor/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { elementCount, movement, perInputElement, perOutputElement } from '../sizes.ts';
import { type InferredType, tensorOf } from '../types.ts';
import { featuresOf, rowsOf } from './ml-linear.ts';
import { firstLength, listLength } from './node-attributes.ts';
import { shapeOf, shapeOfRank } from './shape-agreement.ts';

/**
 * Operators of ai.onnx.ml that prepare features and label results.
 *
 * Source: https://onnx.ai/onnx/operators/index.html#ai-onnx-ml
 */
const domain = 'ai.onnx.ml';

/** A norm: square or size and sum, then a quotient. */
const normFlops = 3;
/** Offset and scale. */
const scalerFlops = 2;

function inferArrayFeatureExtractor(call: Call): void {
  const x = call.shape(0);
  const indices = call.shape(1);
  checkIndices(call);
  if (x === null) return;
  const taken = indices === null ? call.unknown() : elementCount(indices);
  call.setTensor(0, x.length === 1 ? [1, taken] : [...x.slice(0, -1), taken]);
}

function checkIndices(call: Call): void {
  const features = featuresOf(call);
  const indices = call.numbers(1);
  if (typeof features !== 'number' || indices === null) return;
  const outside = indices.find((index) => index < 0 || index >= features);
  if (outside !== undefined) call.fail(`index ${outside} is not below the ${features} features`);
}

const castTypes: Readonly<Record<string, DataType>> = {
  TO_FLOAT: 'float32',
  TO_INT64: 'int64',
  TO_STRING: 'string',
};

/** One row: as many columns as the map has entries, or as are asked for. */
function inferCastMap(call: Call): void {
  const { node } = call;
  const isSparse = node.string('map_form', 'DENSE') === 'SPARSE';
  const columns = isSparse ? node.int('max_map', 1) : 0;
  const castTo = node.string('cast_to', 'TO_FLOAT');
  // What the file says may be the name of something that every object has.
  const elementType = Object.hasOwn(castTypes, castTo) ? castTypes[castTo] : undefined;
  call.setTensor(0, [1, columns > 0 ? columns : call.unknown()], elementType ?? null);
}

function inferCategoryMapper(call: Call): void {
  const ints = listLength(call.node, 'cats_int64s');
  const strings = listLength(call.node, 'cats_strings');
  if (ints === null || ints !== strings) {
    call.reject(`${ints ?? 'no'} integers and ${strings ?? 'no'} strings are mapped`);
  }
  call.setTensor(0, call.shape(0), otherLabelType(call));
}

/** Integers for text, text for integers. */
function otherLabelType(call: Call): DataType | null {
  const elementType = call.elementType(0);
  if (elementType === 'string') return 'int64';
  return elementType === 'int64' ? 'string' : null;
}

function inferDictVectorizer(call: Call): void {
  const x = call.type(0);
  const value = x?.kind === 'map' ? x.value : null;
  const columns = firstLength(call.node, 'string_vocabulary', 'int64_vocabulary');
  const elementType = value?.kind === 'tensor' ? value.elementType : null;
  call.setTensor(0, [1, columns > 0 ? columns : call.unknown()], elementType);
}

function inferFeatureVectorizer(call: Call): void {
  const dimensions = call.node.ints('inputdimensions');
  const columns = dimensions?.reduce((total, each) => total + Math.max(0, each), 0);
  call.setTensor(0, [rowsOf(call) ?? call.unknown(), columns ?? call.unknown()], 'float32');
}

/** Fails when a list for each feature is not as long as there are features. */
function inferScaler(call: Call): void {
  const features = featuresOf(call);
  for (const name of ['offset', 'scale']) {
    const length = firstLength(call.node, name);
    if (length > 1 && typeof features === 'number' && length !== features) {
      call.fail(`${name} has ${length} elements, the input ${features} features`);
    }
  }
  call.setTensor(0, call.shape(0), 'float32');
}

const listTypes = [
  ['strings', 'string'],
  ['int64s', 'int64'],
  ['floats', 'float32'],
] as const;

interface Labels {
  readonly elementType: DataType | null;
  readonly count: number;
}

/** Keys or values of a LabelEncoder; null when there are none, or several. */
function labelsOf(call: Call, prefix: string): Labels | null {
  const { node } = call;
  const tensor = call.opset >= 4 ? node.tensor(`${prefix}_tensor`) : undefined;
  if (tensor !== undefined) return { elementType: tensor.elementType, count: tensor.dims[0] ?? 1 };
  const given = listTypes.flatMap(([list, elementType]): Labels[] => {
    const count = listLength(node, `${prefix}_${list}`);
    return count === null ? [] : [{ elementType, count }];
  });
  const [only] = given;
  return given.length === 1 && only !== undefined ? only : null;
}

function inferLabelEncoder(call: Call): void {
  const shape = call.shape(0);
  if (call.opset < 2) {
    call.setTensor(0, shape, otherLabelType(call));
    return;
  }
  const keys = labelsOf(call, 'keys');
  const values = labelsOf(call, 'values');
  const elementType = call.elementType(0);
  if (keys !== null && elementType !== null && keys.elementType !== elementType) {
    call.reject(`keys are ${keys.elementType}, the input is ${elementType}`);
  }
  if (keys !== null && values !== null && keys.count !== values.count) {
    const message = `${keys.count} keys have ${values.count} values`;
    if (call.opset < 4) call.refuse(message);
    else call.reject(message);
  }
  call.setTensor(0, shape, values?.elementType ?? null);
}

function inferOneHotEncoder(call: Call): void {
  const { node } = call;
  const ints = listLength(node, 'cats_int64s');
  const strings = listLength(node, 'cats_strings');
  if ((ints === null) === (strings === null)) {
    call.reject('exactly one of cats_int64s and cats_strings is needed');
  }
  const x = call.shape(0);
  const categories = Math.max(ints ?? 0, strings ?? 0);
  call.setTensor(0, x && [...x, categories], 'float32');
}

function inferZipMap(call: Call): void {
  const { node } = call;
  const shape = shapeOfRank(call, 0, [1, 2], 'the input');
  const strings = firstLength(node, 'classlabels_strings');
  const ints = firstLength(node, 'classlabels_int64s');
  if (strings > 0 === ints > 0) {
    call.refuse('exactly one of classlabels_int64s and classlabels_strings is needed');
  }
  const columns: Size | undefined = shape?.at(-1);
  const labels = strings || ints;
  if (labels > 0 && typeof columns === 'number' && columns !== labels) {
    call.fail(`${labels} labels for ${columns} columns`);
  }
  let keyType: DataType | null = null;
  if (ints > 0) keyType = 'int64';
  else if (strings > 0) keyType = 'string';
  const map: InferredType = { kind: 'map', keyType, value: tensorOf('float32', []) };
  call.setType(0, { kind: 'sequence', element: map });
}

export const featureRules: readonly OperatorRule[] = [
  {
    domain,
    ops: ['ArrayFeatureExtractor'],
    infer: inferArrayFeatureExtractor,
    cost: movement,
  },
  { domain, ops: ['Binarizer'], infer: shapeOf(), cost: perOutputElement(1) },
  { domain, ops: ['CastMap'], infer: inferCastMap, cost: movement },
  { domain, ops: ['CategoryMapper'], infer: inferCategoryMapper, cost: movement },
  { domain, ops: ['DictVectorizer'], infer: inferDictVectorizer, cost: movement },
  { domain, ops: ['FeatureVectorizer'], infer: inferFeatureVectorizer, cost: movement },
  { domain, ops: ['Imputer'], infer: shapeOf(), cost: perOutputElement(1) },
  { domain, ops: ['LabelEncoder'], infer: inferLabelEncoder, cost: movement },
  {
    domain,
    ops: ['Normalizer'],
    infer: shapeOf(0, 'float32'),
    cost: perInputElement(normFlops, 'normalization'),
  },
  { domain, ops: ['OneHotEncoder'], infer: inferOneHotEncoder, cost: movement },
  {
    domain,
    ops: ['Scaler'],
    infer: inferScaler,
    cost: perOutputElement(scalerFlops),
  },
  { domain, ops: ['ZipMap'], infer: inferZipMap, cost: movement },
];
