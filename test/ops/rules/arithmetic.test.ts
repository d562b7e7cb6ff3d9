import { describe, expect, test } from 'vitest';
import { buildModel } from '../../../src/graph/index.ts';
import { inferTypes } from '../../../src/ops/index.ts';
import { formatSize } from '../../../src/symbolic/index.ts';
import { floats, type Input, inferNode, ints } from './one-node.ts';

describe('broadcasting', () => {
  const f = (...shapes: string[]): Input[] => shapes.map((shape) => `float32${shape}`);
  test.each([
    [f('[2, 3]', '[3]'), 'float32[2, 3]', 'elementwise, 0, 6'],
    [f('[n, 1]', '[4]'), 'float32[n, 4]', 'elementwise, 0, 4*n'],
    [f('[n, m]', '[n, m]'), 'float32[n, m]', 'elementwise, 0, m*n'],
    // A symbol against a number that is not 1 must be 1 or that number.
    [f('[n]', '[7]'), 'float32[7]', 'elementwise, 0, 7'],
    [f('', '[7]'), 'float32', null],
  ])('Add of %j is %s', (inputs, type, cost) => {
    const outcome = inferNode('Add', inputs);
    expect(outcome).toMatchObject({ types: [type], cost, contradictions: [] });
  });

  test('two different symbols give a size that is not known', () => {
    expect(inferNode('Mul', f('[n]', '[m]')).types).toEqual(['float32[?]']);
  });

  test('sizes that do not broadcast are rejected', () => {
    expect(inferNode('Add', f('[2]', '[3]')).contradictions).toEqual([
      'rejects: sizes 2 and 3 do not broadcast',
    ]);
  });

  test('before opset 7 the first input has the shape of the result', () => {
    const outcome = inferNode(
      'Add',
      f('[2, 3, 4]', '[3]'),
      { broadcast: 1, axis: 1 },
      { opset: 6 },
    );
    expect(outcome).toMatchObject({ types: ['float32[2, 3, 4]'], contradictions: [] });
  });

  test('a sum of three costs two additions an element, their mean a division more', () => {
    const three = f('[4]', '[4]', '[4]');
    expect(inferNode('Sum', three).cost).toBe('elementwise, 0, 8');
    expect(inferNode('Mean', three).cost).toBe('elementwise, 0, 12');
  });
});

describe('elements', () => {
  const sizes: Input = { sizes: '[n, 6]' };
  test.each<[string, Input[], Record<string, number | string>, string[]]>([
    ['Add', [sizes, ints([1, 2])], {}, ['n + 1', '8']],
    ['Sub', [sizes, ints([2])], {}, ['n - 2', '4']],
    ['Mul', [sizes, sizes], {}, ['n**2', '36']],
    ['Div', [sizes, ints([4])], {}, ['floor(n/4)', '1']],
    ['Mod', [sizes, ints([4])], {}, ['n - 4*floor(n/4)', '2']],
    ['Pow', [sizes, ints([2])], {}, ['n**2', '36']],
    ['Max', [sizes, ints([0])], {}, ['n', '6']],
    ['Min', [sizes, ints([0])], {}, ['0', '0']],
    ['BitShift', [sizes, ints([1])], { direction: 'LEFT' }, ['2*n', '12']],
    ['Sum', [sizes, sizes, sizes], {}, ['3*n', '18']],
  ])('%s', (op, inputs, attributes, elements) => {
    expect(inferNode(op, inputs, attributes).elements).toEqual(elements);
  });

  test.each([
    // Toward zero, as C; Mod has the sign of the divisor, or with fmod that of the dividend.
    ['Div', {}, ['-3', '-3', '3']],
    ['Mod', {}, ['1', '-1', '-1']],
    ['Mod', { fmod: 1 }, ['-1', '1', '-1']],
  ])('signs: %s %j', (op, attributes, elements) => {
    const [a, b] = [ints([-7, 7, -7]), ints([2, -2, -2])];
    expect(inferNode(op, [a, b], attributes).elements).toEqual(elements);
  });

  test('float32 is rounded as the runtime rounds it', () => {
    expect(inferNode('Mul', [floats([0.1]), floats([3])]).elements).toEqual([
      String(Math.fround(Math.fround(0.1) * 3)),
    ]);
  });

  test('an overflow is not known', () => {
    const large = ints([2 ** 52]);
    expect(inferNode('Mul', [large, ints([4])]).elements).toBeNull();
  });

  test('the end of everything, clamped, leaves the smaller', () => {
    const end = ints([Number.MAX_SAFE_INTEGER, 4]);
    expect(inferNode('Min', [sizes, end]).elements).toEqual(['n', '4']);
  });

  test('Where takes what is certain', () => {
    const condition = inferNode('Where', [ints([1, 0]), sizes, ints([7, 8])], {});
    // Not a bool tensor, which is for other checks; the elements decide.
    expect(condition.elements).toEqual(['n', '8']);
  });

  test('integers divided by a constant 0 fail', () => {
    expect(inferNode('Div', [sizes, ints([0])]).contradictions).toEqual([
      'fails: integers are divided by 0',
    ]);
  });
});

/** What exporters write for a size times a factor: to float, times, rounded, back to integer. */
function scaledSize(operation: string, factor: number, rounding: string | null): string | null {
  const model = buildModel({ opset: 17 }, (builder) => {
    const x = builder.input('x', 'float32', ['h']);
    const size = builder.node('Cast', [builder.node('Shape', [x])], { to: 1 });
    const scaled = builder.node(operation, [size, builder.initializer(floats([factor]), 'factor')]);
    const rounded = rounding === null ? scaled : builder.node(rounding, [scaled]);
    builder.output(builder.node('Cast', [rounded], { to: 7 }));
  });
  const inference = inferTypes(model);
  const [output] = model.graph.outputs;
  const element = output && inference.elementsOf(output)?.values[0];
  return element === undefined || element === null ? null : formatSize(element);
}

test.each([
  ['Mul', 2, 'Floor', '2*h'],
  ['Mul', 0.5, 'Floor', 'floor(h/2)'],
  ['Mul', 1.5, 'Floor', 'h + floor(h/2)'],
  ['Div', 4, 'Floor', 'floor(h/4)'],
  ['Div', 4, 'Ceil', 'floor((h + 3)/4)'],
  ['Div', 3, null, 'floor(h/3)'],
  // No fraction of small whole numbers.
  ['Mul', 0.3, 'Floor', null],
  // Halves go to the even neighbour, which no expression says.
  ['Mul', 0.5, 'Round', null],
])('a size through floats: %s by %f, %s', (operation, factor, rounding, expected) => {
  expect(scaledSize(operation, factor, rounding)).toBe(expected);
});

test.each([
  ['float32[2, 3]', 'float32[4]', ['fails: the slope [4] does not fit the input [2, 3]']],
  ['float32[1, 3]', 'float32[2, 3]', []],
  ['float32[2, 3, n]', 'float32[3, 1]', []],
])('PRelu of %s by %s', (x, slope, contradictions) => {
  expect(inferNode('PRelu', [x, slope])).toMatchObject({ types: [x], contradictions });
});
