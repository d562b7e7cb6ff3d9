import { describe, expect, test } from 'vitest';
import { MlkitError } from '../../src/errors.ts';
import { type FeedOptions, planFeeds } from '../../src/feeds/index.ts';
import {
  buildModel,
  Graph,
  GraphBuilder,
  type Model,
  tensorType,
  type Value,
} from '../../src/graph/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { tensorIn } from '../support/feeds.ts';

function zeros(b: GraphBuilder, ...dims: number[]): Value {
  const count = dims.reduce((all, size) => all * size, 1);
  return b.initializer(tensorFrom('float32', dims, new Float32Array(count)));
}

function errorOf(model: Model, options: Partial<FeedOptions>): { code: string; text: string } {
  try {
    planFeeds(model, { seed: 0, ...options });
  } catch (error) {
    if (error instanceof MlkitError)
      return { code: error.code, text: `${error.message} ${error.hint}` };
    throw error;
  }
  return { code: 'none', text: '' };
}

describe('inputs and options', () => {
  const model = buildModel({}, (b) => {
    const x = b.input('x', 'float32', ['batch', 3]);
    b.initializer(tensorFrom('float32', [3], new Float32Array(3), 'w'));
    b.output(b.node('Add', [x, b.input('w', 'float32', [3])]));
  });

  test('inputs with a default are left out', () => {
    expect([...(planFeeds(model, { seed: 0 }).feeds[0]?.keys() ?? [])]).toEqual(['x']);
  });

  test('sizes come from --dim, --shape and the batch', () => {
    const shape = (options: Partial<FeedOptions>): unknown =>
      planFeeds(model, { seed: 0, ...options }).description[0]?.shape;
    expect(shape({ dims: new Map([['batch', 5]]) })).toEqual([5, 3]);
    expect(shape({ shapes: new Map([['x', [7, 3]]]) })).toEqual([7, 3]);
    expect(shape({ batch: 9 })).toEqual([9, 3]);
    expect(planFeeds(model, { seed: 0, batch: 9 }).symbols).toEqual(new Map([['batch', 9]]));
  });

  test('--dim can name a symbol that is only in an expression', () => {
    const sum = buildModel({}, (b) => {
      b.output(b.node('Relu', [b.input('mask', 'float32', ['batch', 'past + 1'])]));
    });
    const { description } = planFeeds(sum, { seed: 0, dims: new Map([['past', 4]]) });
    expect(description[0]?.shape).toEqual([1, 5]);
  });

  test('what the model does not have, or fixes otherwise, is a usage error', () => {
    expect(errorOf(model, { dims: new Map([['seq', 5]]) })).toMatchObject({
      code: 'USAGE',
      text: expect.stringContaining('batch'),
    });
    expect(errorOf(model, { shapes: new Map([['y', [1]]]) }).code).toBe('USAGE');
    expect(errorOf(model, { shapes: new Map([['x', [1, 4]]]) }).code).toBe('USAGE');
    expect(errorOf(model, { shapes: new Map([['x', [1]]]) }).code).toBe('USAGE');
    expect(errorOf(model, { samples: 0 }).code).toBe('USAGE');
    expect(errorOf(model, { batch: 1.5 }).code).toBe('USAGE');
  });

  test('an input that takes a map cannot be fed', () => {
    const mapped = buildModel({}, (b) => {
      const type = { kind: 'map', keyType: 'int64', value: tensorType('float32', null) } as const;
      b.output(b.node('Identity', [b.input('m', type)]));
    });
    expect(errorOf(mapped, {})).toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      text: expect.stringContaining('map(int64, float32)'),
    });
  });

  test('a model without inputs has one empty feed', () => {
    const constant = buildModel({}, (b) => b.output(b.node('Relu', [zeros(b, 2)])));
    expect(planFeeds(constant, { seed: 0 }).feeds).toEqual([new Map()]);
  });

  test('sizes beyond memory are refused before they are tried', () => {
    const huge = buildModel({}, (b) => {
      b.output(b.node('Relu', [b.input('x', 'float32', [1 << 20, 1 << 20])]));
    });
    expect(errorOf(huge, {})).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(errorOf(model, { dims: new Map([['batch', 2 ** 52]]) }).code).toBe('LIMIT_EXCEEDED');
  });

  test('broken attributes do no harm', () => {
    const broken = buildModel({}, (b) => {
      const x = b.input('x', 'int64', ['n']);
      b.output(b.node('Gather', [zeros(b, 3), x], { axis: 'zero' }));
      b.output(b.node('Concat', [x, x], {}));
    });
    expect(planFeeds(broken, { seed: 0 }).description).toMatchObject([{ name: 'x', shape: [1] }]);
  });

  test('nor do functions that call themselves', () => {
    const endless = buildModel({ opset: { '': 17, own: 1 } }, (b) => {
      b.output(b.node('F', [b.input('x', 'float32', ['n'])], {}, { domain: 'own' }));
    });
    const inner = new GraphBuilder(new Graph(endless, 'function', null));
    const a = inner.input('a', { kind: 'unknown' });
    const once = inner.node('F', [a], {}, { domain: 'own' });
    inner.output(inner.node('F', [once], {}, { domain: 'own' }));
    const { graph: body } = inner;
    const opsets = [{ domain: 'own', version: 1 }];
    const empty = {
      overload: '',
      attributeNames: [],
      attributeDefaults: [],
      docString: '',
      metadata: [],
    };
    endless.functions = [{ name: 'F', domain: 'own', body, opsets, ...empty }];
    expect(tensorIn(planFeeds(endless, { seed: 0 }).feeds[0], 'x').dims).toEqual([1]);
  });
});
