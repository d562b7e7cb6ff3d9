import { describe, expect, test } from 'vitest';
import { OutputAccumulator, type OutputParity } from '../../src/parity/index.ts';
import { stringTensor, type TensorValue, tensorFrom } from '../../src/tensor/index.ts';
import { float32 } from './models.ts';

function compare(...samples: readonly (readonly [TensorValue, TensorValue])[]): OutputParity {
  const accumulator = new OutputAccumulator({ name: 'y', profile: 'fp32' });
  for (const [reference, candidate] of samples) accumulator.add(reference, candidate);
  return accumulator.finish();
}

const a = float32([2], [1, 2]);
const b = float32([1, 3], [4, 5, 6]);

describe('sequences', () => {
  test('are compared element by element, all in one', () => {
    const result = compare([
      [a, b],
      [a, float32([1, 3], [4, 5, 7])],
    ]);
    expect(result).toMatchObject({ verdict: 'fail', total: 5, mismatched: 1, maxAbs: 1 });
    expect(
      compare([
        [a, b],
        [a, b],
      ]),
    ).toMatchObject({ verdict: 'pass', total: 5, warnings: [] });
  });

  test('of another length fail with both lengths, whatever the elements are', () => {
    const result = compare([[a, b], [a]]);
    expect(result).toMatchObject({ verdict: 'fail', total: 2 });
    expect(result.reasons).toContain('it has 1 element instead of 2');
    expect(compare([[], [a, b]]).reasons).toEqual(['it has 2 elements instead of 0']);
  });

  test('name the element of another shape or type', () => {
    expect(
      compare([
        [a, b],
        [a, float32([3], [4, 5, 6])],
      ]).reasons,
    ).toEqual(['element 1: its shape is [3] instead of [1, 3]']);
    const wide = tensorFrom('float64', [2], Float64Array.of(1, 2));
    expect(compare([[a], [wide]]).reasons).toEqual([
      'element 0: its type is float64 instead of float32',
    ]);
  });

  test('may be of text', () => {
    const [x, y] = [stringTensor([2], ['p', 'q']), stringTensor([], ['r'])];
    expect(
      compare([
        [x, y],
        [x, y],
      ]),
    ).toMatchObject({ verdict: 'pass', total: 3, dtype: 'string' });
    const result = compare([
      [x, y],
      [x, stringTensor([], ['s'])],
    ]);
    expect(result).toMatchObject({ verdict: 'fail', mismatched: 1 });
  });

  test('that are empty on both sides are equal and prove little', () => {
    expect(compare([[], []])).toMatchObject({
      verdict: 'pass',
      total: 0,
      reasons: [],
      warnings: ['proves little: in both it is an empty sequence or an absent optional'],
    });
    expect(compare([[], []], [[a], [a]])).toMatchObject({ verdict: 'pass', warnings: [] });
  });
});

describe('optionals', () => {
  test('must be there in both or in neither', () => {
    expect(compare([null, null])).toMatchObject({ verdict: 'pass', total: 0 });
    expect(compare([null, null]).warnings).toHaveLength(1);
    expect(compare([null, a])).toMatchObject({
      verdict: 'fail',
      reasons: ['it is a tensor instead of absent'],
    });
    expect(compare([a, null]).reasons).toEqual(['it is absent instead of a tensor']);
    expect(compare([[a], null]).reasons).toEqual(['it is absent instead of a sequence']);
  });
});

test('a tensor is no sequence of one tensor', () => {
  expect(compare([a, [a]])).toMatchObject({
    verdict: 'fail',
    reasons: ['it is a sequence instead of a tensor'],
  });
});

test('without any sample there is nothing to decide on', () => {
  expect(compare()).toMatchObject({ verdict: 'inconclusive' });
});
