import { describe, expect, test } from 'vitest';
import { tensorFrom } from '../../../src/tensor/index.ts';
import { floats, ints, outcomeOf } from './outcome.ts';

describe('Constant', () => {
  test.each([
    [{ value: tensorFrom('int32', [2], Int32Array.of(4, 5)) }, 'int32[2]', ['4', '5']],
    [{ value_float: { float: 1.5 } }, 'float32[]', ['1.5']],
    [{ value_floats: { floats: [1, 2] } }, 'float32[2]', ['1', '2']],
    [{ value_int: 7 }, 'int64[]', ['7']],
    [{ value_ints: [7, 8, 9] }, 'int64[3]', ['7', '8', '9']],
    [{ value_string: 'a' }, 'string[]', null],
    [{ value_strings: ['a', 'b'] }, 'string[2]', null],
  ])('with %j is %s', (attributes, type, elements) => {
    const result = outcomeOf(13, (b) => b.node('Constant', [], attributes));
    expect(result).toMatchObject({ types: [type], elements: [elements], problems: [] });
  });
});

describe('ConstantOfShape', () => {
  test('has the sizes that it is given, and repeats its value', () => {
    const { types, elements } = outcomeOf(13, (b) => {
      const value = tensorFrom('int64', [1], BigInt64Array.of(3n));
      const shape = b.node('Shape', [b.input('x', 'float32', ['n', 2])]);
      return [
        b.node('ConstantOfShape', [ints(b, [2, 2])], { value }),
        b.node('ConstantOfShape', [shape]),
        b.node('ConstantOfShape', [ints(b, [])], { value }),
        b.node('ConstantOfShape', [b.input('y', 'int64', [2])], { value }),
        b.node('ConstantOfShape', [b.input('z', 'int64', ['k'])]),
      ];
    });
    expect(types).toEqual(['int64[2, 2]', 'float32[n, 2]', 'int64[]', 'int64[?, ?]', 'float32']);
    expect(elements).toEqual([['3', '3', '3', '3'], null, ['3'], null, null]);
  });

  test('a negative size is rejected', () => {
    const { problems } = outcomeOf(13, (b) => b.node('ConstantOfShape', [ints(b, [2, -1])]));
    expect(problems).toEqual(['rejects: a size of the shape is -1']);
  });
});

describe('EyeLike', () => {
  test('has ones on a diagonal', () => {
    const { types, elements } = outcomeOf(22, (b) => [
      b.node('EyeLike', [floats(b, [0, 0, 0, 0, 0, 0], [2, 3])]),
      b.node('EyeLike', [floats(b, [0, 0, 0, 0, 0, 0], [2, 3])], { k: 1, dtype: 7 }),
      b.node('EyeLike', [b.input('x', 'int32', ['n', 'm'])]),
    ]);
    expect(types).toEqual(['float32[2, 3]', 'int64[2, 3]', 'int32[n, m]']);
    expect(elements.slice(0, 2)).toEqual([
      ['1', '0', '0', '0', '1', '0'],
      ['0', '1', '0', '0', '0', '1'],
    ]);
  });

  test('of another rank is rejected', () => {
    const { problems } = outcomeOf(22, (b) => b.node('EyeLike', [b.input('x', 'float32', [2])]));
    expect(problems).toEqual(['rejects: the input has rank 1, not 2']);
  });
});

describe('Shape and Size', () => {
  test.each([
    [{}, ['n', '3', '4']],
    [{ start: 1 }, ['3', '4']],
    [{ start: -1 }, ['4']],
    [{ end: -1 }, ['n', '3']],
    [{ start: -9, end: 9 }, ['n', '3', '4']],
    [{ start: 2, end: 1 }, []],
  ])('Shape with %j is %j', (attributes, elements) => {
    const result = outcomeOf(15, (b) =>
      b.node('Shape', [b.input('x', 'float32', ['n', 3, 4])], attributes),
    );
    expect(result).toMatchObject({ types: [`int64[${elements.length}]`], elements: [elements] });
  });

  test('of an unknown rank is a list', () => {
    const { types } = outcomeOf(15, (b) => b.node('Shape', [b.input('x', 'float32', null)]));
    expect(types).toEqual(['int64[?]']);
  });

  test('Size is the product', () => {
    const { types, elements } = outcomeOf(15, (b) =>
      b.node('Size', [b.input('x', 'float32', ['n', 3, 'm', 4])]),
    );
    expect(types).toEqual(['int64[]']);
    expect(elements).toEqual([['12*m*n']]);
  });

  test('Identity keeps everything', () => {
    const { types, elements } = outcomeOf(15, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', ['n'])]);
      const sequence = b.node('SequenceConstruct', [shape]);
      return [b.node('Identity', [shape]), b.node('Identity', [sequence])];
    });
    expect(types).toEqual(['int64[1]', 'seq(int64[1])']);
    expect(elements[0]).toEqual(['n']);
  });
});
