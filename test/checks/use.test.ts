import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Model } from '../../src/graph/index.ts';
import { type Tensor, tensorFrom } from '../../src/tensor/index.ts';
import { check, codesOf } from './check-file.ts';

const one = (name: string): Tensor => tensorFrom('float32', [1], new Float32Array(1), name);

function withConstants(add: (b: GraphBuilder) => void): Model {
  return buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [1]);
    add(b);
    b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
  });
}

describe('constants that nothing reads', () => {
  test('one is named, with its place', () => {
    const model = withConstants((b) => b.graph.addInitializer('left', one('left')));
    expect(check(model)).toMatchObject([
      { code: 'initializer-unused', severity: 'warning', at: { value: 'left' }, spec: 'ok' },
    ]);
  });

  test('of many, the first five and how many more', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const model = withConstants((b) => {
      for (const name of names) b.graph.addInitializer(name, one(name));
    });
    const findings = check(model);
    expect(findings).toMatchObject([{ code: 'initializer-unused', at: {} }]);
    // Seven of four bytes.
    expect(findings[0]?.message).toBe('nothing reads "a", "b", "c", "d", "e" and 2 more: 28 B');
  });
});

test('constants that callers may override, from IR 4 on', () => {
  const model = buildModel({ opset: 17 }, (b) => {
    const x = b.input('x', 'float32', [1]);
    const w = b.initializer(one('w'));
    b.graph.addInput('w', null);
    b.output(b.node('Add', [x, w], {}, { outputs: ['y'] }), 'float32', [1]);
  });
  expect(check(model)).toMatchObject([{ code: 'initializer-input', severity: 'info' }]);
  model.irVersion = 3;
  expect(check(model)).toEqual([]);
});

describe('operators that nobody defines', () => {
  const withOperators = (...operators: readonly (readonly [string, string])[]): Model => {
    const domains = Object.fromEntries(operators.map(([domain]) => [domain, 1]));
    return buildModel({ opset: { ...domains, '': 17 } }, (b) => {
      const x = b.input('x', 'float32', [1]);
      for (const [domain, op] of operators) b.node(op, [x], {}, { domain });
      b.output(b.node('Relu', [x], {}, { outputs: ['y'] }), 'float32', [1]);
    });
  };

  test('are named, with where they may come from', () => {
    const extension = withOperators(['com.microsoft', 'Gelu'], ['ai.onnx.contrib', 'Tokenizer']);
    const [finding, ...others] = check(extension);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'operator-custom', severity: 'warning', spec: 'ok' });
    expect(finding?.message).toMatch(/ defines "ai\.onnx\.contrib\.Tokenizer"$/);
    expect(finding?.fix).toContain('onnxruntime-extensions');
  });

  test('of a library that is not known', () => {
    const mixed = withOperators(['ai.onnx.contrib', 'Tokenizer'], ['mine', 'F']);
    const [finding] = check(mixed);
    expect(finding?.message).toContain('"ai.onnx.contrib.Tokenizer", "mine.F"');
    expect(finding?.fix).not.toContain('onnxruntime-extensions');
    expect(codesOf(check(withOperators(['com.microsoft', 'Gelu'])))).toEqual([]);
  });
});
