import { describe, expect, test } from 'vitest';
import type { AttributeInput, Value } from '../../../src/graph/index.ts';
import { findRule } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { type DataType, stringTensor, type Tensor, tensorFrom } from '../../../src/tensor/index.ts';
import { outcomeOf } from './outcome.ts';

type Attributes = Readonly<Record<string, AttributeInput>>;
type Shaped = readonly [DataType, ...(number | string)[]];

interface Result {
  readonly types: readonly string[];
  readonly problems: readonly string[];
  readonly cost: string | null;
}

/** One operator of ai.onnx.ml on inputs with these types, sizes as text or number. */
function infer(
  version: number,
  op: string,
  inputs: readonly (Shaped | Tensor)[],
  attributes: Attributes = {},
  outputs = 1,
): Result {
  const domain = 'ai.onnx.ml';
  let made: readonly Value[] = [];
  const outcome = outcomeOf({ '': 17, [domain]: version }, (b) => {
    const values = inputs.map((input, at) => {
      if ('dims' in input) return b.initializer(input, `x${at}`);
      const [type, ...sizes] = input;
      return b.input(`x${at}`, type, sizes);
    });
    made = b.nodes(op, values, attributes, { domain, outputs });
    return made;
  });
  const node = made[0]?.producer ?? null;
  const found = node && findRule(domain, op)?.cost(outcome.inference.nodeFacts(node));
  const cost = found ? `${formatSize(found.macs)}, ${formatSize(found.otherFlops)}` : null;
  return { types: outcome.types, problems: outcome.problems, cost };
}

const ones = (count: number): AttributeInput => ({
  floats: Array.from({ length: count }, () => 1),
});
const ids = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const x: Shaped = ['float32', 'N', 3];

describe('linear models', () => {
  test.each<[string, string, Shaped, Attributes, string[], string | null]>([
    [
      'two rows of coefficients',
      'LinearClassifier',
      x,
      { coefficients: ones(6), intercepts: ones(2), classlabels_ints: [0, 1] },
      ['int64[N]', 'float32[N, 2]'],
      '6*N, 12*N',
    ],
    [
      'one row for two classes',
      'LinearClassifier',
      x,
      { coefficients: ones(3), intercepts: ones(1), classlabels_strings: ['a', 'b'] },
      ['string[N]', 'float32[N, 2]'],
      '3*N, 6*N',
    ],
    [
      'a list is one row',
      'LinearClassifier',
      ['float32', 3],
      { coefficients: ones(9), intercepts: ones(3), classlabels_ints: [0, 1, 2] },
      ['int64[1]', 'float32[1, 3]'],
      '9, 18',
    ],
    [
      'two targets',
      'LinearRegressor',
      ['int64', 'N', 3],
      { coefficients: ones(6), targets: 2 },
      ['float32[N, 2]'],
      '6*N, 12*N',
    ],
  ])('%s: %s', (_, op, input, attributes, types, cost) => {
    expect(infer(1, op, [input], attributes, types.length)).toEqual({ types, problems: [], cost });
  });

  test('rows that are not as long as the coefficients fail', () => {
    const attributes = { coefficients: ones(6), targets: 2 };
    expect(infer(1, 'LinearRegressor', [['float32', 'N', 4]], attributes).problems).toEqual([
      'fails: 6 coefficients in 2 rows, the input has 4 features',
    ]);
  });

  test('a classifier takes one row or several', () => {
    const { problems } = infer(1, 'LinearClassifier', [['float32', 2, 3, 'n']], {}, 2);
    expect(problems).toEqual(['rejects: the input has rank 3, where 1 or 2 is needed']);
  });
});

// Columns as onnxruntime 1.30 gives them.
describe('support vector machines', () => {
  test.each([
    [2, false, 2],
    [2, true, 2],
    [3, false, 3],
    [4, false, 6],
    [4, true, 4],
  ])('%d classes, probabilities %s: %d scores', (classes, hasProbabilities, scores) => {
    const pairs = (classes * (classes - 1)) / 2;
    const attributes = {
      support_vectors: ones(3 * classes),
      vectors_per_class: ids(classes).map(() => 1),
      coefficients: ones(classes * (classes - 1)),
      classlabels_ints: ids(classes),
      ...(hasProbabilities && { prob_a: ones(pairs), prob_b: ones(pairs) }),
    };
    const { types, problems, cost } = infer(1, 'SVMClassifier', [x], attributes, 2);
    expect(types).toEqual(['int64[N]', `float32[N, ${scores}]`]);
    expect(problems).toEqual([]);
    // A product of 3 elements with each vector; 3 operations a kernel and 2 a coefficient.
    const coefficients = classes * (classes - 1);
    expect(cost).toBe(`${3 * classes}*N, ${3 * classes + 2 * coefficients}*N`);
  });

  test('a linear one has a score a class', () => {
    const attributes = { coefficients: ones(12), classlabels_ints: ids(4) };
    const { types, cost } = infer(1, 'SVMClassifier', [x], attributes, 2);
    expect(types).toEqual(['int64[N]', 'float32[N, 4]']);
    expect(cost).toBe('12*N, 0');
  });

  test('a regression has one result a row', () => {
    const attributes = { support_vectors: ones(6), n_supports: 2, coefficients: ones(2) };
    const { types, problems } = infer(1, 'SVMRegressor', [x], attributes);
    expect(types).toEqual(['float32[N, 1]']);
    expect(problems).toEqual([]);
    const { problems: wrong } = infer(1, 'SVMRegressor', [['float32', 'N', 4]], attributes);
    expect(wrong).toEqual(['fails: 6 elements in 2 support vectors, the input has 4 features']);
  });
});

const stump = {
  nodes_treeids: [0, 0, 0],
  nodes_nodeids: [0, 1, 2],
  // Leaves may name features that there are not.
  nodes_featureids: [1, 7, 7],
  nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
  nodes_truenodeids: [1, 0, 0],
  nodes_falsenodeids: [2, 0, 0],
};

describe('tree ensembles', () => {
  test('a classifier: one comparison and one sum for a tree of one node', () => {
    const labels = { classlabels_strings: ['a', 'b', 'c'] };
    expect(infer(3, 'TreeEnsembleClassifier', [x], { ...stump, ...labels }, 2)).toEqual({
      types: ['string[N]', 'float32[N, 3]'],
      problems: [],
      cost: '0, 2*N',
    });
  });

  test('a regression of two targets is float32, whatever the input is', () => {
    const { types } = infer(3, 'TreeEnsembleRegressor', [['float64', 'N', 3]], {
      ...stump,
      n_targets: 2,
    });
    expect(types).toEqual(['float32[N, 2]']);
    expect(infer(3, 'TreeEnsembleRegressor', [x], stump).types).toEqual(['float32[N, ?]']);
  });

  test('an ensemble of version 5 keeps the type', () => {
    const { types, cost } = infer(5, 'TreeEnsemble', [['float64', 'N', 3]], {
      n_targets: 2,
      tree_roots: [0],
      nodes_featureids: [1],
      nodes_truenodeids: [0],
      nodes_falsenodeids: [1],
      nodes_trueleafs: [1],
      nodes_falseleafs: [1],
    });
    expect(types).toEqual(['float64[N, 2]']);
    expect(cost).toBe('0, 2*N');
  });

  test('a feature that the input does not have fails', () => {
    const { problems } = infer(3, 'TreeEnsembleRegressor', [['float32', 'N', 1]], stump);
    expect(problems).toEqual(['fails: feature 1 is asked for, the input has 1']);
  });

  test('version 3 rejects more than a matrix, version 1 fails', () => {
    const volume: Shaped = ['float32', 2, 3, 4];
    const problems = (version: number) =>
      infer(version, 'TreeEnsembleRegressor', [volume], stump).problems;
    expect(problems(3)).toEqual(['rejects: the input has rank 3, where 2 is needed']);
    expect(problems(1)).toEqual(['fails: the input has rank 3, where 2 is needed']);
  });
});

const indices = tensorFrom('int64', [1, 2], BigInt64Array.of(0n, 2n));

describe('features', () => {
  test.each<[number, string, (Shaped | Tensor)[], Attributes, string]>([
    [1, 'ArrayFeatureExtractor', [x, indices], {}, 'float32[N, 2]'],
    [1, 'ArrayFeatureExtractor', [['string', 4], indices], {}, 'string[1, 2]'],
    [1, 'ArrayFeatureExtractor', [x, ['int64', 'k']], {}, 'float32[N, k]'],
    [1, 'Binarizer', [x], {}, 'float32[N, 3]'],
    [1, 'CategoryMapper', [['string', 'N']], { cats_int64s: [1], cats_strings: ['a'] }, 'int64[N]'],
    [1, 'FeatureVectorizer', [x, x], { inputdimensions: [3, 4] }, 'float32[N, 7]'],
    [1, 'FeatureVectorizer', [['int64', 3]], { inputdimensions: [3] }, 'float32[1, 3]'],
    [1, 'Imputer', [['int64', 'N', 3]], { imputed_value_int64s: [1, 2] }, 'int64[N, 3]'],
    [1, 'Normalizer', [['int64', 'N', 3]], {}, 'float32[N, 3]'],
    [1, 'OneHotEncoder', [['int64', 'N', 3]], { cats_int64s: [1, 2] }, 'float32[N, 3, 2]'],
    [1, 'Scaler', [['int64', 'N', 3]], { offset: ones(3), scale: ones(1) }, 'float32[N, 3]'],
    [1, 'LabelEncoder', [['int64', 'N']], { classes_strings: ['a'] }, 'string[N]'],
    [
      2,
      'LabelEncoder',
      [['int64', 'N']],
      { keys_int64s: [1], values_floats: ones(1) },
      'float32[N]',
    ],
    [
      4,
      'LabelEncoder',
      [['string', 'N']],
      { keys_tensor: stringTensor([1], ['a']), values_tensor: shorts(1) },
      'int16[N]',
    ],
  ])('version %d of %s of %j', (version, op, inputs, attributes, type) => {
    const { types, problems } = infer(version, op, inputs, attributes);
    expect({ types, problems }).toEqual({ types: [type], problems: [] });
  });

  // As ONNX 1.23 and onnxruntime 1.30 say it.
  test.each<[number, string, (Shaped | Tensor)[], Attributes, string]>([
    [
      1,
      'ArrayFeatureExtractor',
      [['float32', 'N', 2], indices],
      {},
      'fails: index 2 is not below the 2 features',
    ],
    [
      1,
      'CategoryMapper',
      [['string', 'N']],
      { cats_int64s: [1, 2], cats_strings: ['a'] },
      'rejects: 2 integers and 1 strings are mapped',
    ],
    [
      2,
      'LabelEncoder',
      [x],
      { keys_int64s: [1], values_strings: ['a'] },
      'rejects: keys are int64, the input is float32',
    ],
    [
      2,
      'LabelEncoder',
      [['int64', 'N']],
      { keys_int64s: [1, 2], values_strings: ['a'] },
      'refuses: 2 keys have 1 values',
    ],
    [
      4,
      'LabelEncoder',
      [['int64', 'N']],
      { keys_int64s: [1, 2], values_strings: ['a'] },
      'rejects: 2 keys have 1 values',
    ],
    [1, 'OneHotEncoder', [x], {}, 'rejects: exactly one of cats_int64s and cats_strings is needed'],
    [1, 'Scaler', [x], { offset: ones(2) }, 'fails: offset has 2 elements, the input 3 features'],
    [1, 'ZipMap', [x], { classlabels_int64s: [0, 1] }, 'fails: 2 labels for 3 columns'],
  ])('version %d of %s of %j, %j: %s', (version, op, inputs, attributes, message) => {
    expect(infer(version, op, inputs, attributes).problems).toEqual([message]);
  });
});

function shorts(...values: number[]): Tensor {
  return tensorFrom('int16', [values.length], Int16Array.from(values));
}

describe('maps', () => {
  test.each([
    ['classlabels_strings', ['a', 'b', 'c'], 'seq(map(string, float32[]))'],
    ['classlabels_int64s', [0, 1, 2], 'seq(map(int64, float32[]))'],
  ])('ZipMap by %s', (name, labels, type) => {
    const { types, problems } = infer(1, 'ZipMap', [x], { [name]: labels });
    expect({ types, problems }).toEqual({ types: [type], problems: [] });
  });

  test.each<[string, Attributes, string]>([
    ['CastMap', {}, 'float32[1, ?]'],
    ['CastMap', { cast_to: 'TO_INT64', map_form: 'SPARSE', max_map: 9 }, 'int64[1, 9]'],
    ['DictVectorizer', { string_vocabulary: ['a', 'b'] }, 'float32[1, 2]'],
  ])('%s %j', (op, attributes, type) => {
    const domain = 'ai.onnx.ml';
    const { types } = outcomeOf({ '': 17, [domain]: 1 }, (b) => {
      const value = { kind: 'tensor', elementType: 'float32', shape: [] } as const;
      const map = b.input('map', { kind: 'map', keyType: 'string', value });
      return b.node(op, [map], attributes, { domain });
    });
    expect(types).toEqual([type]);
  });
});
