import { describe, expect, test } from 'vitest';
import { type FeedOptions, planFeeds } from '../../src/feeds/index.ts';
import {
  buildModel,
  type Dimension,
  type GraphBuilder,
  type Value,
} from '../../src/graph/index.ts';
import { type DataType, tensorFrom } from '../../src/tensor/index.ts';
import { numbersIn, tensorIn } from '../support/feeds.ts';

type Inputs = Readonly<Record<string, readonly [DataType, readonly Dimension[]]>>;

/** The first feed of a model, by name. */
function feedOf(
  inputs: Inputs,
  use: (b: GraphBuilder, values: Readonly<Record<string, Value>>) => void,
  options: Partial<FeedOptions> = {},
): { numbers(name: string): number[]; shape(name: string): readonly number[] } {
  const model = buildModel({ opset: { '': 20, 'com.microsoft': 1 } }, (b) => {
    const values = Object.entries(inputs).map(
      ([name, [dtype, dims]]) => [name, b.input(name, dtype, dims)] as const,
    );
    use(b, Object.fromEntries(values));
  });
  const [feed] = planFeeds(model, { seed: 0, ...options }).feeds;
  return {
    numbers: (name) => numbersIn(feed, name),
    shape: (name) => tensorIn(feed, name).dims,
  };
}

const pass = (b: GraphBuilder, values: Readonly<Record<string, Value>>): void => {
  for (const value of Object.values(values)) b.output(b.node('Identity', [value]));
};

const cached: Inputs = {
  input_ids: ['int64', ['batch', 'sequence']],
  attention_mask: ['int64', ['batch', 'past_sequence + sequence']],
  position_ids: ['int64', ['batch', 'sequence']],
  'past_key_values.0.key': ['float32', ['batch', 2, 'past_sequence', 4]],
  use_cache_branch: ['bool', [1]],
};

describe('text generation', () => {
  test('starts without a past, and the mask covers what there is', () => {
    const feed = feedOf(cached, pass);
    expect(feed.shape('past_key_values.0.key')).toEqual([1, 2, 0, 4]);
    expect(feed.shape('attention_mask')).toEqual(feed.shape('input_ids'));
    expect(feed.numbers('position_ids').slice(0, 3)).toEqual([0, 1, 2]);
    expect(feed.numbers('use_cache_branch')).toEqual([0]);
  });

  test('goes on where a past ends that the user asks for', () => {
    const dims = new Map([
      ['past_sequence', 5],
      ['sequence', 3],
    ]);
    const feed = feedOf(cached, pass, { dims });
    expect(feed.shape('attention_mask')).toEqual([1, 8]);
    expect(feed.numbers('position_ids')).toEqual([5, 6, 7]);
  });

  test('a flag that a branch depends on is as its name says', () => {
    const feed = feedOf({ use_cache_branch: ['bool', []] }, (b, { use_cache_branch: flag }) => {
      const branch = (name: string) =>
        b.subgraph(name, (inner) => {
          inner.output(inner.node('Identity', [inner.initializer(scalar(1), name)]));
        });
      const graphs = { then_branch: branch('t'), else_branch: branch('e') };
      b.output(b.node('If', [flag ?? null], graphs));
    });
    expect(feed.numbers('use_cache_branch')).toEqual([0]);
  });
});

describe('contributed operators', () => {
  const ms = { domain: 'com.microsoft' };

  test('GroupQueryAttention counts all keys', () => {
    const inputs: Inputs = {
      q: ['float32', [1, 6, 16]],
      kv: ['float32', [1, 6, 16]],
      past: ['float32', [1, 2, 3, 8]],
      a: ['int32', [1]],
      b: ['int32', [1]],
    };
    const feed = feedOf(inputs, (g, { q, kv, past, a, b }) => {
      const given = [q, kv, kv, past, past, a, b].map((each) => each ?? null);
      const heads = { num_heads: 2, kv_num_heads: 2 };
      for (const value of g.nodes('GroupQueryAttention', given, heads, { ...ms, outputs: 3 })) {
        g.output(value);
      }
    });
    expect([feed.numbers('a'), feed.numbers('b')]).toEqual([[8], [9]]);
  });

  test('RotaryEmbedding begins at 0 where one position is given, else stays in its table', () => {
    const use = (g: GraphBuilder, { x, at }: Readonly<Record<string, Value>>): void => {
      const cache = g.initializer(tensorFrom('float32', [40, 4], new Float32Array(160)));
      g.output(g.node('RotaryEmbedding', [x ?? null, at ?? null, cache, cache], {}, ms));
    };
    const x = ['float32', [1, 30, 8]] as const;
    expect(feedOf({ x, at: ['int64', [1]] }, use).numbers('at')).toEqual([0]);
    const many = feedOf({ x, at: ['int64', [1, 30]] }, use).numbers('at');
    expect(Math.max(...many)).toBeLessThan(40);
    expect(new Set(many).size).toBeGreaterThan(10);
  });

  test('Attention with a mask of one number a row counts its words', () => {
    const inputs: Inputs = { x: ['float32', [2, 7, 4]], m: ['int32', [2]] };
    const feed = feedOf(inputs, (g, { x, m }) => {
      const weight = g.initializer(tensorFrom('float32', [4, 12], new Float32Array(48)));
      const bias = g.initializer(tensorFrom('float32', [12], new Float32Array(12)));
      const given = [x ?? null, weight, bias, m ?? null];
      g.output(g.node('Attention', given, { num_heads: 2 }, ms));
    });
    expect(feed.numbers('m')).toEqual([7, 7]);
  });

  test('searches may add a few words, and penalize none', () => {
    const inputs: Inputs = {
      ids: ['int32', [1, 5]],
      most: ['int32', [1]],
      least: ['int32', [1]],
      beams: ['int32', [1]],
      count: ['int32', [1]],
      length: ['float32', [1]],
      repetition: ['float32', [1]],
    };
    const feed = feedOf(inputs, (g, values) => {
      const decoder = g.subgraph('decoder', (inner) => {
        inner.output(inner.node('Identity', [inner.input('i', 'int32', ['n', 'len'])]));
      });
      g.output(g.node('BeamSearch', Object.values(values), { decoder, vocab_size: 20 }, ms));
    });
    const small = ['most', 'least', 'beams', 'count', 'length', 'repetition'];
    expect(small.map((name) => feed.numbers(name)[0])).toEqual([9, 1, 1, 1, 1, 1]);
    expect(Math.max(...feed.numbers('ids'))).toBeLessThan(20);
  });
});

function scalar(value: number) {
  return tensorFrom('float32', [], Float32Array.of(value));
}
