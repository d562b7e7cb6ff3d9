import { describe, expect, test } from 'vitest';
import { buildModel, type GraphBuilder, type Value } from '../../src/graph/index.ts';
import { findWeight } from '../../src/quantize/weight-source.ts';
import { tensorFrom } from '../../src/tensor/index.ts';
import { normalTensor } from './random-tensors.ts';

/** What is found behind the value that `build` makes, in a few words. */
function found(build: (b: GraphBuilder) => Value, irVersion = 8): string {
  let value: Value | undefined;
  buildModel({ irVersion }, (b) => {
    value = build(b);
  });
  if (value === undefined) throw new Error('nothing was built');
  const result = findWeight(value, irVersion);
  if (result === 'computed') return result;
  if ('reason' in result) return result.reason;
  return `${result.root.name} [${result.tensor.dims.join(', ')}]${result.isTransposed ? ' transposed' : ''}`;
}

const w = normalTensor([2, 3], 1).with({ name: 'w' });

describe('findWeight', () => {
  test('an initializer', () => {
    expect(found((b) => b.initializer(w))).toBe('w [2, 3]');
  });

  test('a Constant node', () => {
    const build = (b: GraphBuilder): Value =>
      b.node('Constant', [], { value: w }, { outputs: ['c'] });
    expect(found(build)).toBe('c [2, 3]');
  });

  test('through Identity and Transpose', () => {
    const perm = { perm: [1, 0] };
    expect(found((b) => b.node('Identity', [b.initializer(w)]))).toBe('w [2, 3]');
    expect(found((b) => b.node('Transpose', [b.initializer(w)], perm))).toBe('w [2, 3] transposed');
    expect(found((b) => b.node('Transpose', [b.initializer(w)]))).toBe('w [2, 3] transposed');
    const twice = (b: GraphBuilder): Value =>
      b.node('Transpose', [b.node('Identity', [b.node('Transpose', [b.initializer(w)])])], perm);
    expect(found(twice)).toBe('w [2, 3]');
  });

  test('a Transpose of three axes only where it changes nothing', () => {
    const w3 = normalTensor([2, 3, 4], 1).with({ name: 'w3' });
    const turned = (perm: number[]) => (b: GraphBuilder) =>
      b.node('Transpose', [b.initializer(w3)], { perm });
    expect(found(turned([0, 1, 2]))).toBe('w3 [2, 3, 4]');
    expect(found(turned([0, 2, 1]))).toBe('computed');
    expect(found((b) => b.node('Transpose', [b.initializer(w3)]))).toBe('computed');
  });

  test('an input with a default may be replaced from IR 4 on', () => {
    const build = (b: GraphBuilder): Value => {
      b.initializer(w);
      return b.input('w', 'float32', [2, 3]);
    };
    expect(found(build, 4)).toBe(
      'its weight "w" is an input with a default, which callers may replace',
    );
    expect(found(build, 3)).toBe('w [2, 3]');
  });

  test('a sparse constant is one that cannot be replaced', () => {
    const build = (b: GraphBuilder): Value => {
      const value = b.initializer(w);
      const values = tensorFrom('float32', [1], Float32Array.of(1), 'w');
      const indices = tensorFrom('int64', [1], BigInt64Array.of(0n));
      b.graph.setSparseInitializer(value, { values, indices, dims: [2, 3] });
      return value;
    };
    expect(found(build)).toBe('its weight "w" is a sparse tensor');
  });

  test('inputs and results of other operators are computed', () => {
    expect(found((b) => b.input('x', 'float32', [2, 3]))).toBe('computed');
    expect(found((b) => b.node('Relu', [b.initializer(w)]))).toBe('computed');
    expect(found((b) => b.node('Identity', [b.initializer(w)], {}, { domain: 'local' }))).toBe(
      'computed',
    );
  });

  test('ends in a graph that goes round in circles', () => {
    const build = (b: GraphBuilder): Value => {
      const x = b.input('x', 'float32', [2, 2]);
      const a = b.node('Transpose', [x], {}, { outputs: ['a'] });
      const c = b.node('Transpose', [a], {}, { outputs: ['c'] });
      const [first] = b.graph.nodes;
      if (first !== undefined) b.graph.setInput(first, 0, c);
      return c;
    };
    expect(found(build)).toBe('computed');
  });
});
