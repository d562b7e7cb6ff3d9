import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model, type Value } from '../../src/graph/index.ts';
import { type PairValuesSettings, pairValues } from '../../src/matching/index.ts';
import { inferTypes } from '../../src/ops/index.ts';
import { tensorFrom } from '../../src/tensor/index.ts';

type Step = readonly [opType: string, output: string];

/** A chain of operators with one input; the last value is the output. */
function chain(steps: readonly Step[], input = 'x'): Model {
  return buildModel({ opset: 17 }, (b) => {
    let value: Value = b.input(input, 'float32', [2]);
    for (const [opType, output] of steps) {
      value = b.node(opType, [value], {}, { outputs: [output] });
    }
    b.output(value, 'float32', [2]);
  });
}

/** Pairs of what nodes make, as texts. */
function pairs(reference: Model, candidate: Model, settings: PairValuesSettings = {}): string[] {
  const types = { reference: inferTypes(reference), candidate: inferTypes(candidate) };
  return pairValues(reference, candidate, { types, ...settings })
    .filter((pair) => pair.reference.producer !== null)
    .map((pair) => `${pair.reference.name} ${pair.candidate.name} ${pair.by}`);
}

describe('pairing the values of two models', () => {
  const plain = chain([
    ['Exp', 'a'],
    ['Tanh', 'b'],
    ['Abs', 'y'],
  ]);

  test('the same names in the same places', () => {
    expect(pairs(plain, plain)).toEqual(['a a name', 'b b name', 'y y name']);
  });

  test('other names in the same places', () => {
    const renamed = chain([
      ['Exp', 'p'],
      ['Tanh', 'q'],
      ['Abs', 'y'],
    ]);
    expect(pairs(plain, renamed)).toEqual(['a p structure', 'b q structure', 'y y name']);
  });

  test('numbers that exporters give mean something else in another export', () => {
    const numbered = chain([
      ['Exp', '1'],
      ['Tanh', '2'],
      ['Abs', '3'],
      ['Neg', 'y'],
    ]);
    const shifted = chain([
      ['Exp', '2'],
      ['Tanh', '3'],
      ['Abs', '1'],
      ['Neg', 'y'],
    ]);
    expect(pairs(numbered, shifted)).toEqual([
      '1 2 structure',
      '2 3 structure',
      '3 1 structure',
      'y y name',
    ]);
  });

  test('inputs are paired too, and constants are not', () => {
    const build = (input: string): Model =>
      buildModel({ opset: 17 }, (b) => {
        const x = b.input(input, 'float32', [2]);
        const w = b.initializer(tensorFrom('float32', [2], Float32Array.of(1, 2)), 'w');
        b.output(b.node('Mul', [x, w], {}, { outputs: ['y'] }), 'float32', [2]);
      });
    const found = (match: 'name' | 'position'): string[] =>
      pairValues(build('x'), build('z'), { match }).map(
        (pair) => `${pair.reference.name} ${pair.candidate.name}`,
      );
    expect(found('position')).toEqual(['x z', 'y y']);
    expect(pairValues(build('x'), build('x')).map((pair) => pair.reference.name)).toEqual([
      'x',
      'y',
    ]);
  });

  /** y = x · w, made by the given operators. */
  function product(make: (b: GraphBuilder, x: Value, w: Value) => Value): Model {
    return buildModel({ opset: 17 }, (b) => {
      const x = b.input('x', 'float32', [2, 2]);
      const w = b.initializer(tensorFrom('float32', [2, 2], Float32Array.of(1, 2, 3, 4)), 'w');
      const y = make(b, b.node('Exp', [x], {}, { outputs: ['e'] }), w);
      b.output(b.node('Abs', [y], {}, { outputs: ['z'] }), 'float32', [2, 2]);
    });
  }

  const matmul = product((b, x, w) => b.node('MatMul', [x, w], {}, { outputs: ['y'] }));

  test('a name survives where other operators make the value', () => {
    const rewritten = product((b, x, w) => {
      const scaled = b.node('MatMul', [b.node('Neg', [x]), w]);
      return b.node('Neg', [scaled], {}, { outputs: ['y'] });
    });
    expect(pairs(matmul, rewritten)).toContain('y y name');
    expect(pairs(matmul, rewritten)).toContain('z z name');
  });

  test('a value that is quantized is paired before and behind', () => {
    const quantized = product((b, x, w) => {
      const scale = b.initializer(tensorFrom('float32', [], Float32Array.of(0.1)), 'scale');
      const zero = b.initializer(tensorFrom('uint8', [], Uint8Array.of(0)), 'zero');
      const q = b.node('QuantizeLinear', [x, scale, zero], {}, { outputs: ['e_q'] });
      const dq = b.node('DequantizeLinear', [q, scale, zero], {}, { outputs: ['e_dq'] });
      return b.node('MatMul', [dq, w], {}, { outputs: ['y'] });
    });
    expect(pairs(matmul, quantized)).toEqual([
      'e e name',
      'e e_dq structure',
      'y y name',
      'z z name',
    ]);
  });

  test('a name does not make a pair of other types or shapes', () => {
    const integers = product((b, x, w) => {
      const other = b.node('Cast', [x], { to: 7 }, { outputs: ['y'] });
      const back = b.node('Cast', [other], { to: 1 });
      return b.node('MatMul', [back, w]);
    });
    const found = pairs(matmul, integers).filter((text) => text.startsWith('y '));
    expect(found.map((text) => text.split(' ')[1])).not.toContain('y');
    const summed = product((b, x, w) => {
      const sum = b.node('ReduceSum', [x], { keepdims: 0 }, { outputs: ['y'] });
      return b.node('MatMul', [b.node('Add', [x, sum]), w]);
    });
    const others = pairs(matmul, summed).filter((text) => text.startsWith('y '));
    expect(others.map((text) => text.split(' ')[1])).not.toContain('y');
  });
});
