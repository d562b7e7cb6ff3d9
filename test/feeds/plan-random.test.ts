import { describe, expect, test } from 'vitest';
import { type FeedOptions, type FeedPlan, planFeeds } from '../../src/feeds/index.ts';
import {
  buildModel,
  type Dimension,
  type GraphBuilder,
  type Value,
} from '../../src/graph/index.ts';
import { type DataType, dataTypes, tensorFrom } from '../../src/tensor/index.ts';
import { numbersIn, tensorIn } from '../support/feeds.ts';

const opsets = { '': 17, 'ai.onnx.ml': 3, 'com.microsoft': 1 };

function zeros(b: GraphBuilder, ...dims: number[]): Value {
  const count = dims.reduce((all, size) => all * size, 1);
  return b.initializer(tensorFrom('float32', dims, new Float32Array(count)));
}

function int64(b: GraphBuilder, dims: readonly number[], ...values: number[]): Value {
  return b.initializer(tensorFrom('int64', dims, BigInt64Array.from(values, BigInt)));
}

function float(b: GraphBuilder, value: number): Value {
  return b.initializer(tensorFrom('float32', [], Float32Array.of(value)));
}

/** A plan for a model of one input. */
function planFor(
  name: string,
  dtype: DataType,
  dims: readonly Dimension[] | null,
  use: (b: GraphBuilder, x: Value) => Value = (b, x) => b.node('Identity', [x]),
  options: Partial<FeedOptions> = {},
): FeedPlan & { values: number[]; source: string } {
  const model = buildModel({ opset: opsets }, (b) => {
    b.output(use(b, b.input(name, dtype, dims)));
  });
  const plan = planFeeds(model, { seed: 0, ...options });
  const values = dtype === 'string' ? [] : numbersIn(plan.feeds[0], name);
  return { ...plan, values, source: plan.description[0]?.source ?? '' };
}

function textsOf({ feeds }: FeedPlan, name: string): string[] {
  return tensorIn(feeds[0], name).toStrings();
}

describe('random values by type', () => {
  test.each<DataType>([
    'float32',
    'float64',
    'float16',
    'bfloat16',
    'float8e4m3fn',
    'float8e5m2',
    'float4e2m1',
  ])('%s is uniform in [0, 1)', (dtype) => {
    const { values, source } = planFor('x', dtype, [1000]);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(dtype === 'float4e2m1' ? 0.2 : 0.35);
    expect(mean).toBeLessThan(0.6);
    expect(source).toBe('uniform [0,1)');
  });

  test('float8e8m0 has powers of two', () => {
    const { values } = planFor('x', 'float8e8m0', [100]);
    expect(values.every((value) => Number.isInteger(Math.log2(value)))).toBe(true);
  });

  test.each<DataType>(['uint8', 'int8', 'uint4', 'int4', 'int2', 'uint2'])(
    '%s has all its values',
    (dtype) => {
      const { values } = planFor('x', dtype, [20_000]);
      expect(new Set(values).size).toBe(2 ** dataTypes[dtype].bits);
    },
  );

  test.each<DataType>(['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'])(
    '%s has digits',
    (dtype) => {
      const { values } = planFor('x', dtype, [500]);
      expect([Math.min(...values), Math.max(...values)]).toEqual([0, 9]);
    },
  );

  test('booleans are both, but one alone is true', () => {
    expect(new Set(planFor('x', 'bool', [100]).values)).toEqual(new Set([0, 1]));
    expect(planFor('x', 'bool', []).values).toEqual([1]);
  });

  test('complex numbers have two parts, and text is words', () => {
    expect(planFor('x', 'complex64', [3]).values).toHaveLength(6);
    expect(textsOf(planFor('x', 'string', [4]), 'x').every((word) => /^[a-z]+$/.test(word))).toBe(
      true,
    );
  });

  test('empty shapes and scalars', () => {
    expect(tensorIn(planFor('x', 'float32', [0, 3]).feeds[0], 'x').dims).toEqual([0, 3]);
    expect(planFor('x', 'float32', []).values).toHaveLength(1);
  });
});

describe('the seed', () => {
  test('decides the values, on every platform', () => {
    const { values } = planFor('x', 'float32', [3]);
    // From a transcription of the generator in Python: the stream "0 0 x", upper 24 bits over 2^24.
    expect(values.map((value) => value * 2 ** 24)).toEqual([2288915, 2241994, 13195586]);
    expect(planFor('x', 'float32', [3]).values).toEqual(values);
    expect(planFor('x', 'float32', [3], undefined, { seed: 1 }).values).not.toEqual(values);
  });

  test('gives each sample values of its own', () => {
    const { feeds, rows } = planFor('x', 'float32', [8], undefined, { samples: 5 });
    const first = feeds.map((feed) => numbersIn(feed, 'x').join());
    expect(new Set(first).size).toBe(5);
    expect(rows).toBe(0);
  });

  test('does not make one input depend on the others', () => {
    const two = buildModel({}, (b) => {
      for (const name of ['a', 'x']) b.output(b.node('Identity', [b.input(name, 'float32', [3])]));
    });
    const alone = planFor('x', 'float32', [3]).values;
    expect(numbersIn(planFeeds(two, { seed: 0 }).feeds[0], 'x')).toEqual(alone);
  });
});

describe('indices', () => {
  const bound = (plan: { values: number[] }): number[] => [
    Math.min(...plan.values),
    Math.max(...plan.values),
  ];

  test('stay below the table that they index, and the source says which', () => {
    const plan = planFor('ids', 'int64', [1, 2000], (b, x) =>
      b.node('Gather', [zeros(b, 40, 2), x], {}, { name: 'emb' }),
    );
    expect(bound(plan)).toEqual([0, 39]);
    expect(plan.source).toBe('index below 40 (Gather "emb" axis 0)');
  });

  test.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ['Cast', (b, x) => b.node('Cast', [x], { to: 7 })],
    ['Reshape', (b, x) => b.node('Reshape', [x, int64(b, [1], -1)])],
    ['Unsqueeze', (b, x) => b.node('Unsqueeze', [x, int64(b, [1], 0)])],
    ['Slice', (b, x) => b.node('Slice', [x, int64(b, [1], 0), int64(b, [1], 9)])],
    ['Transpose', (b, x) => b.node('Transpose', [x])],
    ['Concat', (b, x) => b.node('Concat', [int64(b, [1, 1], 3), x], { axis: 1 })],
    ['Expand', (b, x) => b.node('Expand', [x, int64(b, [3], 2, 1, 2000)])],
    ['a product with a mask', (b, x) => b.node('Mul', [x, b.input('mask', 'int64', [1, 2000])])],
  ])('are traced through %s', (_, step) => {
    const plan = planFor('ids', 'int64', [1, 2000], (b, x) =>
      b.node('Gather', [zeros(b, 7, 2), step(b, x)]),
    );
    expect(bound(plan)).toEqual([0, 6]);
  });

  test('are traced back through sums and products', () => {
    const shifted = planFor('ids', 'int64', [2000], (b, x) =>
      b.node('Gather', [
        zeros(b, 10, 2),
        b.node('Add', [b.node('Mul', [x, int64(b, [], 2)]), int64(b, [], 3)]),
      ]),
    );
    // 2 x + 3 in 0..9
    expect(bound(shifted)).toEqual([-1, 3]);
  });

  test('are traced into subgraphs, captured or passed, and into functions', () => {
    const inBranch = planFor('ids', 'int64', [500], (b, x) => {
      const branch = (name: string) =>
        b.subgraph(name, (inner) => {
          const table = b.initializer(tensorFrom('float32', [6], new Float32Array(6)), name);
          inner.output(inner.node('Gather', [table, x]));
        });
      const condition = b.initializer(tensorFrom('bool', [], Uint8Array.of(1)));
      return b.node('If', [condition], { then_branch: branch('t'), else_branch: branch('e') });
    });
    expect(bound(inBranch)).toEqual([0, 5]);
    const inLoop = planFor('ids', 'int64', [500], (b, x) => {
      const body = b.subgraph('body', (inner) => {
        inner.input('i', 'int64', []);
        const go = inner.input('go', 'bool', []);
        const carried = inner.input('carried', 'int64', [500]);
        inner.output(inner.node('Identity', [go]));
        inner.output(inner.node('Identity', [carried]));
      });
      const rounds = int64(b, [], 2);
      const last = b.node('Loop', [rounds, null, x], { body });
      return b.node('Gather', [zeros(b, 4, 1), last]);
    });
    expect(bound(inLoop)).toEqual([0, 3]);
  });

  test('are bounded by sizes that were chosen', () => {
    const model = buildModel({}, (b) => {
      const data = b.input('data', 'float32', ['rows', 2]);
      b.output(b.node('Gather', [data, b.input('at', 'int64', [100])]));
    });
    const plan = planFeeds(model, { seed: 0, dims: new Map([['rows', 3]]) });
    expect(Math.max(...numbersIn(plan.feeds[0], 'at'))).toBe(2);
  });

  test('are whole numbers also where they are floats first', () => {
    const plan = planFor('x', 'float32', [500], (b, x) =>
      b.node('Gather', [zeros(b, 5, 1), b.node('Cast', [x], { to: 7 })]),
    );
    expect(new Set(plan.values)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  test('of several tables stay below the smallest', () => {
    const plan = planFor('ids', 'int64', [500], (b, x) =>
      b.node('Add', [b.node('Gather', [zeros(b, 9, 1), x]), b.node('Gather', [zeros(b, 4, 1), x])]),
    );
    expect(bound(plan)).toEqual([0, 3]);
  });

  test.each<[string, (b: GraphBuilder, x: Value) => Value, number]>([
    ['GatherND', (b, x) => b.node('GatherND', [zeros(b, 5, 3, 2), x]), 2],
    ['GatherElements', (b, x) => b.node('GatherElements', [zeros(b, 600, 8), x], { axis: 1 }), 7],
    ['OneHot', (b, x) => b.node('OneHot', [x, int64(b, [], 11), zeros(b, 2)]), 10],
    ['ScatterND', (b, x) => b.node('ScatterND', [zeros(b, 5, 3, 2), x, zeros(b, 500, 2)]), 2],
  ])('of %s are in range', (_, use, most) => {
    expect(bound(planFor('x', 'int64', [500, 2], use))).toEqual([0, most]);
  });

  test('of a fused embedding are bounded by each of its tables', () => {
    const model = buildModel({ opset: opsets }, (b) => {
      const ids = b.input('a', 'int32', [1, 500]);
      const segments = b.input('b', 'int32', [1, 500]);
      const tables = [zeros(b, 30, 4), zeros(b, 512, 4), zeros(b, 2, 4), zeros(b, 4), zeros(b, 4)];
      const options = { domain: 'com.microsoft', outputs: 2 };
      b.nodes('EmbedLayerNormalization', [ids, segments, ...tables], {}, options).forEach(
        (value) => {
          b.output(value);
        },
      );
    });
    const [feed] = planFeeds(model, { seed: 0 }).feeds;
    expect(Math.max(...numbersIn(feed, 'a'))).toBe(29);
    expect(Math.max(...numbersIn(feed, 'b'))).toBe(1);
  });
});

describe('inputs that are no data', () => {
  test.each<[string, DataType, readonly number[], number[], string]>([
    ['attention_mask', 'int64', [1, 3], [1, 1, 1], 'mask of ones'],
    ['attention_mask', 'float32', [1, 3], [1, 1, 1], 'mask of ones'],
    ['src_key_padding_mask', 'bool', [1, 2], [0, 0], 'false: no padding'],
    ['position_ids', 'int64', [2, 3], [0, 1, 2, 0, 1, 2], '0, 1, 2, …'],
    ['token_lengths', 'int64', [1], [1], 'the whole length of 1'],
    ['sr', 'int64', [], [16000], 'a sample rate'],
    ['training_mode', 'bool', [], [0], 'false: inference, not training'],
    ['orig_target_sizes', 'int64', [1, 2], [64, 64], 'a size'],
  ])('%s %s by name', (name, dtype, dims, values, source) => {
    expect(planFor(name, dtype, dims)).toMatchObject({ values, source });
  });

  test('token types are 0 and 1, or less where their table is smaller', () => {
    expect(Math.max(...planFor('token_type_ids', 'int64', [100]).values)).toBe(1);
    const one = planFor('token_type_ids', 'int64', [100], (b, x) =>
      b.node('Gather', [zeros(b, 1, 2), x]),
    );
    expect(Math.max(...one.values)).toBe(0);
  });

  test('a mask without a name is known by what is added where it is zero', () => {
    const plan = planFor('x', 'int64', [1, 4], (b, x) => {
      const inverse = b.node('Sub', [float(b, 1), b.node('Cast', [x], { to: 1 })]);
      return b.node('Mul', [inverse, float(b, -10000)]);
    });
    expect(plan).toMatchObject({ values: [1, 1, 1, 1], source: 'mask of ones' });
  });

  test('lengths are as long as the sequence', () => {
    const model = buildModel({}, (b) => {
      b.output(b.node('Identity', [b.input('audio', 'float32', ['batch', 'time'])]));
      b.output(b.node('Identity', [b.input('audio_lens', 'int64', ['batch'])]));
    });
    const [feed] = planFeeds(model, { seed: 0, dims: new Map([['time', 77]]) }).feeds;
    expect(numbersIn(feed, 'audio_lens')).toEqual([77]);
  });

  test.each<[string, DataType, readonly number[], (b: GraphBuilder, x: Value) => Value, number[]]>([
    [
      'the shape of a Reshape',
      'int64',
      [2],
      (b, x) => b.node('Reshape', [zeros(b, 2, 3, 4), x]),
      [2, 12],
    ],
    [
      'the shape of an Expand',
      'int64',
      [2],
      (b, x) => b.node('Expand', [zeros(b, 3, 1), x]),
      [1, 1],
    ],
    ['a new shape', 'int64', [2], (b, x) => b.node('ConstantOfShape', [x]), [2, 2]],
    ['repeats', 'int64', [2], (b, x) => b.node('Tile', [zeros(b, 3, 1), x]), [1, 1]],
    [
      'starts of a Slice',
      'int64',
      [1],
      (b, x) => b.node('Slice', [zeros(b, 5), x, int64(b, [1], 3)]),
      [0],
    ],
    [
      'ends of a Slice',
      'int64',
      [1],
      (b, x) => b.node('Slice', [zeros(b, 5), int64(b, [1], 0), x]),
      [5],
    ],
    [
      'the k of TopK',
      'int64',
      [1],
      (b, x) => b.node('TopK', [zeros(b, 2, 3), x], {}, { outputs: 2 }),
      [3],
    ],
    ['pads', 'int64', [2], (b, x) => b.node('Pad', [zeros(b, 3), x]), [1, 1]],
    [
      'parts of a Split',
      'int64',
      [2],
      (b, x) => b.node('Split', [zeros(b, 5), x], {}, { outputs: 2 }),
      [2, 3],
    ],
    [
      'axes to sum over',
      'int64',
      [2],
      (b, x) => b.node('ReduceSum', [zeros(b, 2, 3, 4), x]),
      [0, 1],
    ],
    ['axes to drop', 'int64', [1], (b, x) => b.node('Squeeze', [zeros(b, 2, 1, 3), x]), [1]],
    [
      'sizes of an image',
      'int64',
      [4],
      (b, x) => b.node('Resize', [zeros(b, 1, 3, 8, 8), null, null, x]),
      [1, 3, 8, 8],
    ],
    [
      'scales of an image',
      'float32',
      [4],
      (b, x) => b.node('Resize', [zeros(b, 1, 3, 8, 8), null, x]),
      [1, 1, 2, 2],
    ],
    [
      'the end of a Range',
      'int64',
      [],
      (b, x) => b.node('Range', [int64(b, [], 0), x, int64(b, [], 1)]),
      [10],
    ],
    ['a ratio of dropout', 'bool', [], (b, x) => b.node('Dropout', [zeros(b, 3), null, x]), [0]],
    [
      'lengths of an LSTM',
      'int32',
      [2],
      (b, x) =>
        b.node('LSTM', [zeros(b, 5, 2, 3), zeros(b, 1, 8, 3), zeros(b, 1, 8, 2), null, x], {
          hidden_size: 2,
        }),
      [5, 5],
    ],
  ])('%s', (_, dtype, dims, use, values) => {
    expect(planFor('x', dtype, dims, use).values).toEqual(values);
  });

  test('integers are never divided by zero', () => {
    const plan = planFor('x', 'int32', [500], (b, x) => b.node('Div', [b.node('Abs', [x]), x]));
    expect(Math.min(...plan.values)).toBe(1);
  });

  test('loops go a few rounds, on a true condition', () => {
    const model = buildModel({}, (b) => {
      const rounds = b.input('m', 'int64', []);
      const condition = b.input('c', 'bool', []);
      const body = b.subgraph('body', (inner) => {
        inner.input('i', 'int64', []);
        const go = inner.input('go', 'bool', []);
        inner.output(inner.node('Identity', [go]));
      });
      b.nodes('Loop', [rounds, condition], { body }, { outputs: 0 });
    });
    const [feed] = planFeeds(model, { seed: 0 }).feeds;
    expect(numbersIn(feed, 'm')).toEqual([3]);
    expect(numbersIn(feed, 'c')).toEqual([1]);
  });

  describe('features', () => {
    const ml = { domain: 'ai.onnx.ml' };
    /** Feature 0 is compared with 100 and 300, feature 2 with -5; the leaf has a threshold of 0. */
    const trees = {
      nodes_featureids: [0, 0, 2, 0],
      nodes_values: [100, 300, -5, 0],
      nodes_modes: ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_LEQ', 'LEAF'],
    };
    const forest = (b: GraphBuilder, x: Value): Value =>
      b.node('TreeEnsembleRegressor', [x], trees, ml);
    const columnsOf = (values: readonly number[], width: number): [number, number][] =>
      Array.from({ length: width }, (_, column) => {
        const own = values.filter((_, at) => at % width === column);
        return [Math.min(...own), Math.max(...own)];
      });

    test('lie around the thresholds of trees, each around its own', () => {
      const { values, source } = planFor('x', 'float32', [200, 3], forest);
      const [first = [0, 0], second = [0, 0], third = [0, 0]] = columnsOf(values, 3);
      expect(first[0]).toBeGreaterThan(49);
      expect(first[0]).toBeLessThan(100);
      expect(first[1]).toBeGreaterThan(300);
      expect(first[1]).toBeLessThan(351);
      expect([second[0] >= 0, second[1] < 1]).toEqual([true, true]);
      expect(third[0]).toBeLessThan(-5);
      expect(third[1]).toBeGreaterThan(-5);
      expect(source).toMatch(/^around the 3 thresholds of TreeEnsembleRegressor/);
    });

    test('are whole numbers where the input is', () => {
      const { values } = planFor('x', 'int64', [200, 3], (b, x) =>
        forest(b, b.node('Cast', [x], { to: 1 })),
      );
      const [[low, high] = [0, 0]] = columnsOf(values, 3);
      expect([low < 100, high > 300]).toEqual([true, true]);
    });

    test('that arrive in no known order lie around any of the thresholds', () => {
      const { values } = planFor('x', 'float32', [200, 1], (b, x) =>
        forest(b, b.node('Concat', [x, x, x], { axis: 1 })),
      );
      expect(Math.min(...values)).toBeLessThan(90);
      expect(Math.max(...values)).toBeGreaterThan(300);
    });

    test('come out of a scaler as numbers from -2 to 2', () => {
      const offset = [10, -3];
      const scale = [0.1, 4];
      const { values } = planFor('x', 'float32', [200, 2], (b, x) =>
        b.node('Scaler', [x], { offset, scale }, ml),
      );
      for (const [column, [low, high]] of columnsOf(values, 2).entries()) {
        const scaled = (value: number): number =>
          (value - (offset[column] ?? 0)) * (scale[column] ?? 0);
        expect(scaled(low)).toBeGreaterThanOrEqual(-2);
        expect(scaled(low)).toBeLessThan(-1.8);
        expect(scaled(high)).toBeGreaterThan(1.8);
        expect(scaled(high)).toBeLessThanOrEqual(2);
      }
    });
  });

  test('words are those that the model knows', () => {
    const plan = planFor('x', 'string', [50], (b, x) =>
      b.node('OneHotEncoder', [x], { cats_strings: ['red', 'green'] }, { domain: 'ai.onnx.ml' }),
    );
    expect(new Set(textsOf(plan, 'x'))).toEqual(new Set(['red', 'green']));
    expect(plan.source).toBe('words that the model knows (2)');
  });

  test('categories are those that the model knows', () => {
    const plan = planFor('x', 'int64', [50], (b, x) =>
      b.node(
        'LabelEncoder',
        [x],
        { keys_int64s: [5, 100], values_int64s: [0, 1] },
        { domain: 'ai.onnx.ml' },
      ),
    );
    expect(new Set(plan.values)).toEqual(new Set([5, 100]));
  });
});
