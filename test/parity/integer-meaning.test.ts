import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model } from '../../src/graph/index.ts';
import { integerMeanings } from '../../src/parity/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

function modelOf(build: (b: GraphBuilder) => void): Model {
  return buildModel({ opset: { '': 21, 'com.microsoft': 1 }, irVersion: 10 }, build);
}

const scalar = (b: GraphBuilder, name: string): ReturnType<GraphBuilder['initializer']> =>
  b.initializer(tensorFrom('float32', [], Float32Array.of(0.1)), name);

describe('what the integers of an output stand for', () => {
  test('is told by the node that made them, through those that pass them on', () => {
    const model = modelOf((b) => {
      const x = b.input('x', 'float32', [2, 3]);
      const quantized = b.node('QuantizeLinear', [x, scalar(b, 's')], {}, { outputs: ['q'] });
      b.output(b.node('Transpose', [quantized], {}, { outputs: ['t'] }), 'uint8', [3, 2]);
      const best = b.node('ArgMax', [x], {}, { outputs: ['best'] });
      b.output(b.node('Cast', [best], { to: 6 }, { outputs: ['class'] }), 'int32', [1, 3]);
      b.output(b.node('Shape', [x], {}, { outputs: ['shape'] }), 'int64', [2]);
      b.output(
        b.node('QLinearAdd', [quantized], {}, { domain: 'com.microsoft', outputs: ['sum'] }),
        'uint8',
        [2],
      );
    });
    expect(integerMeanings(model)).toEqual(
      new Map([
        ['t', 'quantized'],
        ['class', 'chosen'],
        ['sum', 'quantized'],
      ]),
    );
  });

  test('depends on which output of the node it is', () => {
    const model = modelOf((b) => {
      const x = b.input('x', 'float32', [4]);
      const k = b.initializer(tensorFrom('int64', [1], BigInt64Array.of(2n)), 'k');
      const [values, places] = b.nodes('TopK', [x, k], {}, { outputs: ['v', 'i'] });
      b.output(values!, 'float32', [2]);
      b.output(places!, 'int64', [2]);
    });
    expect([...integerMeanings(model)]).toEqual([['i', 'chosen']]);
  });
});
