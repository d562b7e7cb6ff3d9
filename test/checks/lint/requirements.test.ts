import { describe, expect, test } from 'vitest';
import { GraphFacts } from '../../../src/checks/graph-facts.ts';
import { ModelFacts } from '../../../src/checks/index.ts';
import { type Requirements, requirementsOf } from '../../../src/checks/requirements.ts';
import { buildModel, type GraphBuilder, type Model } from '../../../src/graph/index.ts';
import { DataFolder } from '../../../src/onnx/index.ts';

function needs(model: Model): Requirements {
  const facts = new ModelFacts({ model, sizeBytes: null, folder: new DataFolder('m') });
  return requirementsOf(new GraphFacts(facts));
}

const chain =
  (...ops: readonly string[]) =>
  (b: GraphBuilder): void => {
    let value = b.input('x', 'float32', [2, 3]);
    for (const op of ops) value = b.node(op, [value]);
    b.output(value, 'float32', [2, 3]);
  };

describe('what a model needs', () => {
  test('is the newest operator in use, not what is imported', () => {
    // Relu changed in 14, Softmax in 13, Sigmoid in 13; Gelu came in 20.
    expect(needs(buildModel({ opset: 19 }, chain('Relu', 'Softmax'))).opsets).toEqual({ '': 14 });
    expect(needs(buildModel({ opset: 19 }, chain('Sigmoid'))).opsets).toEqual({ '': 13 });
    expect(needs(buildModel({ opset: 21 }, chain('Gelu'))).opsets).toEqual({ '': 20 });
    expect(needs(buildModel({ opset: 19 }, chain())).opsets).toEqual({});
  });

  test('is the oldest runtime that takes the file as it is', () => {
    // 1.15 is the first to take opset 19, 1.18 the first to take IR 10; none takes opset 99.
    const of = (opset: number, irVersion: number) =>
      needs(buildModel({ opset, irVersion }, chain('Relu'))).oldestRuntime;
    expect([of(19, 8), of(19, 10), of(99, 8)]).toEqual(['1.15', '1.18', null]);
  });

  test('are kernels and operators that the runtime here does not have', () => {
    const model = buildModel({ opset: { '': 22, mine: 1 }, irVersion: 10 }, (b) => {
      const x = b.input('x', 'bfloat16', [1, 1, 4, 4]);
      const w = b.input('w', 'bfloat16', [1, 1, 1, 1]);
      b.output(b.node('Conv', [x, w]), 'bfloat16', [1, 1, 4, 4]);
      b.output(b.node('F', [x], {}, { domain: 'mine' }), 'bfloat16', [1]);
    });
    expect(needs(model)).toMatchObject({
      missingKernels: [{ op: 'Conv', type: 'bfloat16' }],
      customOperators: ['mine.F'],
    });
  });
});
