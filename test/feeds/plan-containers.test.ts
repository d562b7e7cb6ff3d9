import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { type FeedOptions, type FeedPlan, planFeeds } from '../../src/feeds/index.ts';
import {
  buildModel,
  type Dimension,
  type GraphBuilder,
  type Model,
  tensorType,
  type Value,
  type ValueType,
} from '../../src/graph/index.ts';
import { isTensor, tensorFrom, tensorsOfValue } from '../../src/tensor/index.ts';

function sequenceOf(shape: readonly Dimension[] | null): ValueType {
  return { kind: 'sequence', element: tensorType('float32', shape) };
}

function optionalOf(element: ValueType): ValueType {
  return { kind: 'optional', element };
}

function modelOf(type: ValueType, use: (b: GraphBuilder, x: Value) => Value): Model {
  return buildModel({ opset: { '': 18, 'ai.onnx.ml': 3 } }, (b) => {
    b.output(use(b, b.input('x', type)));
  });
}

function planOf(
  type: ValueType,
  use: (b: GraphBuilder, x: Value) => Value,
  options: Partial<FeedOptions> = {},
): FeedPlan {
  return planFeeds(modelOf(type, use), { seed: 0, ...options });
}

const length = (b: GraphBuilder, x: Value): Value => b.node('SequenceLength', [x]);
const hasElement = (b: GraphBuilder, x: Value): Value => b.node('OptionalHasElement', [x]);

function shapesOf({ feeds }: FeedPlan, at = 0): (readonly number[])[] {
  return tensorsOfValue(feeds[at]?.get('x') ?? null).map(({ dims }) => dims);
}

describe('sequences', () => {
  test('have two different tensors of the shape that their type says', () => {
    const plan = planOf(sequenceOf([3, 4]), length);
    expect(shapesOf(plan)).toEqual([
      [3, 4],
      [3, 4],
    ]);
    const [first, second] = tensorsOfValue(plan.feeds[0]?.get('x') ?? null);
    expect(first?.toFloat64()).not.toEqual(second?.toFloat64());
    expect(plan.description).toMatchObject([
      { name: 'x', form: 'sequence of 2 float32[3, 4]', source: 'uniform [0,1)' },
    ]);
  });

  test('take sizes from symbols, --dim and --shape', () => {
    const plan = planOf(sequenceOf(['n', 3]), length, { dims: new Map([['n', 5]]) });
    expect(shapesOf(plan)[0]).toEqual([5, 3]);
    expect(plan.symbols).toEqual(new Map([['n', 5]]));
    const shapes = new Map([['x', [7, 3]]]);
    expect(shapesOf(planOf(sequenceOf(['n', 3]), length, { shapes }))[1]).toEqual([7, 3]);
  });

  test('share the sizes of symbols with other inputs', () => {
    const model = buildModel({}, (b) => {
      b.output(b.node('SequenceLength', [b.input('x', sequenceOf(['n', 'features']))]));
      const y = b.input('y', 'float32', ['features']);
      const weight = b.initializer(tensorFrom('float32', [37, 2], new Float32Array(74)));
      b.output(b.node('MatMul', [y, weight]));
    });
    expect(shapesOf(planFeeds(model, { seed: 0 }))[0]?.[1]).toBe(37);
  });

  test('are as long as the model reaches into them', () => {
    const take = (b: GraphBuilder, x: Value): Value =>
      b.node('SequenceAt', [x, b.initializer(tensorFrom('int64', [], BigInt64Array.of(4n)))]);
    expect(shapesOf(planOf(sequenceOf([2]), take))).toHaveLength(5);
  });
});

describe('optionals', () => {
  test('have a value in the first sample, and none in every third where the model asks', () => {
    const plan = planOf(optionalOf(tensorType('float32', [4])), hasElement, { samples: 6 });
    const isThere = plan.feeds.map((feed) => isTensor(feed.get('x')));
    expect(isThere).toEqual([true, true, false, true, true, false]);
    expect(plan.feeds.every((feed) => feed.has('x'))).toBe(true);
    expect(plan.description[0]).not.toHaveProperty('form');
  });

  test('always have one where the model does not ask', () => {
    const get = (b: GraphBuilder, x: Value): Value => b.node('OptionalGetElement', [x]);
    const plan = planOf(optionalOf(tensorType('float32', [4])), get, { samples: 3 });
    expect(plan.feeds.every((feed) => isTensor(feed.get('x')))).toBe(true);
  });

  test('may hold sequences', () => {
    const plan = planOf(optionalOf(sequenceOf([4])), hasElement);
    expect(plan.description[0]?.form).toBe('sequence of 2 float32[4]');
  });
});

describe('maps', () => {
  const map: ValueType = {
    kind: 'map',
    keyType: 'string',
    value: tensorType('float32', []),
  };

  test('are fed as the row that DictVectorizer makes of them', () => {
    const vectorize = (b: GraphBuilder, x: Value): Value => {
      const vocabulary = { string_vocabulary: ['a', 'b', 'c'] };
      return b.node('DictVectorizer', [x], vocabulary, { domain: 'ai.onnx.ml' });
    };
    expect(shapesOf(planOf(map, vectorize))).toEqual([[1, 3]]);
  });

  test('are refused otherwise', () => {
    const other = (b: GraphBuilder, x: Value): Value => b.node('Identity', [x]);
    expect(() => planOf(map, other)).toThrow(/takes map\(string, float32.*can be passed/);
  });
});

test('tensorsOnly refuses what a session cannot be given', () => {
  const types = [sequenceOf([4]), optionalOf(tensorType('float32', [4]))];
  for (const type of types) {
    const model = modelOf(type, hasElement);
    expect(() => planFeeds(model, { seed: 0, tensorsOnly: true })).toThrow(MlkitError);
    expect(() => planFeeds(model, { seed: 0, tensorsOnly: true })).toThrow(/and only tensors can/);
    expect(() => planFeeds(model, { seed: 0 })).not.toThrow();
  }
});
