import { describe, expect, test } from 'vitest';
import {
  add,
  ceilDivide,
  divideExactly,
  Expression,
  evaluate,
  floorDivide,
  formatSize,
  hasAnonymous,
  isAnonymous,
  maximum,
  minimum,
  modulo,
  multiply,
  negate,
  product,
  type Size,
  substitute,
  subtract,
  sum,
  symbol,
  symbolsOf,
} from '../../src/symbolic/index.ts';

const [a, b, h, s] = [symbol('a'), symbol('b'), symbol('h'), symbol('s')];
const key = (size: Size): string | number => (typeof size === 'number' ? size : size.key);

/** The output size of a convolution or pooling along one axis. */
function windowed(size: Size, kernel: number, stride: number, pads: number): Size {
  return add(floorDivide(add(size, pads - kernel), stride), 1);
}

describe('sums and products', () => {
  test('are multiplied out and collected', () => {
    const squared = multiply(add(a, b), add(a, b));
    expect(formatSize(squared)).toBe('a**2 + 2*a*b + b**2');
    expect(formatSize(subtract(squared, multiply(4, multiply(a, b))))).toBe('a**2 - 2*a*b + b**2');
    expect(subtract(squared, squared)).toBe(0);
    expect(subtract(add(a, 3), a)).toBe(3);
    expect(multiply(0, a)).toBe(0);
    expect(add(a, negate(a))).toBe(0);
    expect(formatSize(sum([1, a, 2, b, a]))).toBe('2*a + b + 3');
    expect(formatSize(product([2, a, 3, b, a]))).toBe('6*a**2*b');
    expect([sum([]), product([])]).toEqual([0, 1]);
  });

  test('of numbers are numbers, and none is -0', () => {
    const results = [
      add(2, 3),
      subtract(2, 3),
      multiply(-2, 3),
      floorDivide(-7, 2),
      ceilDivide(-7, 2),
      ceilDivide(7, -2),
      modulo(-7, 3),
      modulo(7, -3),
      maximum(2, 3),
      minimum(2, 3),
      divideExactly(12, -3),
      divideExactly(7, 2),
    ];
    expect(results).toEqual([5, -1, -6, -4, -3, -3, 2, -2, 3, 2, -4, null]);
    const zeros = [
      negate(0),
      multiply(0, -5),
      floorDivide(0, -5),
      ceilDivide(0, 5),
      ceilDivide(-1, 2),
      modulo(-6, 3),
      divideExactly(0, -5),
      floorDivide(multiply(a, 0), -3),
    ];
    for (const zero of zeros) expect(Object.is(zero, 0)).toBe(true);
  });

  test('expressions are not changed by operations on them', () => {
    const before = a.key;
    multiply(add(a, 1), a);
    expect(a.key).toBe(before);
    expect(add(a, 0)).toBe(a);
    expect(multiply(1, a)).toBe(a);
    expect(a).toBeInstanceOf(Expression);
  });
});

describe('division', () => {
  test.each<[string, Size, string]>([
    ['multiples come out', floorDivide(add(multiply(2, h), 1), 2), 'h'],
    ['a common divisor is taken out', floorDivide(add(multiply(4, h), 2), 4), 'h'],
    [
      'what is below the common divisor goes',
      floorDivide(add(multiply(4, h), 3), 6),
      'floor((2*h + 1)/3)',
    ],
    ['constants come out', floorDivide(add(h, 7), 3), 'floor((h + 1)/3) + 2'],
    ['a negative constant too', floorDivide(subtract(h, 7), 3), 'floor((h + 2)/3) - 3'],
    ['what is odd, over 4', floorDivide(add(multiply(2, h), 1), 4), 'floor(h/2)'],
    ['exact quotients vanish', floorDivide(multiply(6, multiply(a, b)), multiply(3, b)), '2*a'],
    [
      'common factors go',
      floorDivide(multiply(6, h), multiply(4, multiply(h, s))),
      'floor(3/(2*s))',
    ],
    ['by a sum', floorDivide(multiply(add(a, 1), add(b, 2)), add(b, 2)), 'a + 1'],
    ['by a sum, with a rest', floorDivide(add(multiply(a, s), 1), s), 'a + floor(1/s)'],
    ['less than the divisor', floorDivide(s, add(s, 1)), '0'],
    ['nested quotients', floorDivide(floorDivide(h, 2), 3), 'floor(h/6)'],
    ['nested by symbols', floorDivide(floorDivide(h, a), b), 'floor(h/(a*b))'],
    ['nested with more', floorDivide(add(floorDivide(h, 2), 1), 2), 'floor((h + 2)/4)'],
    [
      'a nested quotient taken away',
      floorDivide(subtract(a, floorDivide(h, 2)), 3),
      'floor((2*a - h + 1)/6)',
    ],
    ['by a negative number', floorDivide(h, -2), '-floor((h + 1)/2)'],
    ['rounded up', ceilDivide(h, 4), 'floor((h + 3)/4)'],
    ['rounded up by a symbol', ceilDivide(h, s), 'floor((h - 1)/s) + 1'],
    ['the rest', modulo(h, 4), 'h - 4*floor(h/4)'],
    ['the rest of a rest', modulo(modulo(h, 8), 8), 'h - 8*floor(h/8)'],
    ['the rest of a multiple', modulo(multiply(12, h), 4), '0'],
  ])('%s', (_, size, text) => {
    expect(formatSize(size)).toBe(text);
  });

  test('minus the quotient of the negative is the quotient rounded up', () => {
    expect(key(negate(floorDivide(negate(h), 2)))).toBe(key(ceilDivide(h, 2)));
    expect(key(negate(floorDivide(negate(h), s)))).toBe(key(ceilDivide(h, s)));
  });

  test('chains of convolutions and poolings are one quotient', () => {
    let size: Size = h;
    // The stem of a ResNet: 7x7 by 2, pooling 3x3 by 2, then three convolutions 3x3 by 2.
    size = windowed(size, 7, 2, 6);
    size = windowed(size, 3, 2, 2);
    for (let stage = 0; stage < 3; stage += 1) size = windowed(size, 3, 2, 2);
    expect(formatSize(size)).toBe('floor((h + 31)/32)');
    expect(evaluate(size, () => 224)).toBe(7);
    expect(evaluate(size, () => 225)).toBe(8);
  });

  test('exact division', () => {
    const [batch, seq] = [symbol('batch'), symbol('seq')];
    const tokens = product([24, batch, seq]);
    expect(key(divideExactly(tokens, multiply(2, seq)) ?? -1)).toBe('12*batch');
    expect(key(divideExactly(subtract(multiply(a, a), 1), add(a, 1)) ?? -1)).toBe('a - 1');
    expect(divideExactly(tokens, tokens)).toBe(1);
    expect(divideExactly(0, seq)).toBe(0);
    expect(divideExactly(tokens, 5)).toBeNull();
    expect(divideExactly(seq, batch)).toBeNull();
    expect(divideExactly(12, seq)).toBeNull();
    expect(divideExactly(add(seq, 1), seq)).toBeNull();
    expect(divideExactly(add(multiply(3, a), 3), add(multiply(2, a), 2))).toBeNull();
    expect(divideExactly(seq, 0)).toBeNull();
    expect(divideExactly(5, 0)).toBeNull();
  });

  test('by zero is a RangeError', () => {
    for (const size of [0, 7, h]) {
      expect(() => floorDivide(size, 0)).toThrow(RangeError);
      expect(() => ceilDivide(size, 0)).toThrow(RangeError);
      expect(() => modulo(size, 0)).toThrow(RangeError);
      expect(() => floorDivide(size, subtract(a, a))).toThrow(RangeError);
    }
  });
});

describe('the largest and smallest', () => {
  test.each<[string, Size, string]>([
    ['of what is not comparable', maximum(b, a), 'max(a, b)'],
    ['of a number', maximum(h, 1), 'max(1, h)'],
    ['of three', maximum(maximum(b, 1), maximum(a, 2)), 'max(2, a, b)'],
    ['without what is never larger', maximum(maximum(a, 0), add(a, 1)), 'a + 1'],
    ['of a size and its half', maximum(floorDivide(h, 2), h), 'h'],
    ['smallest of a size and its half', minimum(floorDivide(h, 2), h), 'floor(h/2)'],
    ['a limit that is never reached', minimum(modulo(h, 4), 10), 'h - 4*floor(h/4)'],
    ['clamped', maximum(0, minimum(h, 5)), 'min(5, h)'],
    ['of itself', minimum(a, a), 'a'],
    ['two', add(minimum(a, b), multiply(2, minimum(b, a))), '3*min(a, b)'],
  ])('%s', (_, size, text) => {
    expect(formatSize(size)).toBe(text);
  });
});

describe('values and symbols', () => {
  const size = add(floorDivide(multiply(a, h), add(s, 1)), maximum(a, multiply(2, b)));

  test('evaluate', () => {
    const sizes = new Map([
      ['a', 3],
      ['h', 10],
      ['s', 3],
      ['b', 4],
    ]);
    expect(evaluate(size, (name) => sizes.get(name))).toBe(7 + 8);
    sizes.delete('b');
    expect(evaluate(size, (name) => sizes.get(name))).toBeNull();
    expect(evaluate(5, () => undefined)).toBe(5);
    expect(evaluate(floorDivide(h, s), () => 0)).toBeNull();
    expect(evaluate(multiply(h, h), () => 1e200)).toBeNull();
    expect(
      Object.is(
        evaluate(negate(h), () => 0),
        0,
      ),
    ).toBe(true);
  });

  test('substitute replaces all at once', () => {
    const swap = new Map<string, Size>([
      ['a', b],
      ['b', a],
      ['h', 8],
      ['s', 1],
    ]);
    expect(formatSize(substitute(size, (name) => swap.get(name)))).toBe('4*b + max(2*a, b)');
    expect(substitute(size, () => undefined)).toEqual(size);
    expect(substitute(multiply(a, a), () => 3)).toBe(9);
  });

  test('a divisor that becomes 0 leaves a size that nobody knows', () => {
    const unknown = substitute(floorDivide(h, s), (name) => (name === 's' ? 0 : undefined));
    expect(isAnonymous(unknown)).toBe(true);
    expect(evaluate(unknown, () => 1)).toBe(1);
    expect(key(unknown)).toBe(key(substitute(floorDivide(h, s), (n) => (n === 's' ? 0 : h))));
  });

  test('the symbols of a size', () => {
    expect([...symbolsOf(size)].toSorted()).toEqual(['a', 'b', 'h', 's']);
    expect(symbolsOf(4).size).toBe(0);
  });

  test('anonymous sizes', () => {
    const unknown = symbol('?x.1');
    expect([unknown, add(unknown, 1), a, 3].map(isAnonymous)).toEqual([true, false, false, false]);
    const inside = floorDivide(h, maximum(1, unknown));
    expect([unknown, inside, a, 3].map(hasAnonymous)).toEqual([true, true, false, false]);
    expect(subtract(unknown, symbol('?x.1'))).toBe(0);
  });
});

describe('names', () => {
  test('that look like formulas are not taken for them', () => {
    const strange = symbol('a + b');
    expect(strange.key).not.toBe(key(add(a, b)));
    expect(formatSize(strange)).toBe('a + b');
    expect(formatSize(multiply(2, strange))).toBe('2*"a + b"');
    expect(key(subtract(add(a, b), strange))).not.toBe(0);
    expect(symbol('"a"').key).not.toBe(symbol('a').key);
  });
});

describe('limits', () => {
  const many = sum(Array.from({ length: 150 }, (_, at) => symbol(`x${at}`)));
  const more = sum(Array.from({ length: 150 }, (_, at) => symbol(`y${at}`)));

  test('what grows too large is one anonymous size, the same each time, of unknown sign', () => {
    const large = add(many, more);
    expect(isAnonymous(large)).toBe(true);
    expect(key(add(more, many))).toBe(key(large));
    expect(key(add(many, multiply(2, more)))).not.toBe(key(large));
    expect(isAnonymous(multiply(many, more))).toBe(true);
    expect(key(multiply(more, many))).toBe(key(multiply(many, more)));
    expect(formatSize(maximum(0, large))).toMatch(/^max\(0, /);
    expect(formatSize(maximum(0, symbol('?x')))).toBe('?x');
  });

  test('of nesting, degree, length and range', () => {
    let nested: Size = a;
    for (let level = 0; level < 100; level += 1)
      nested = minimum(add(multiply(nested, 2), b), symbol(`c${level}`));
    expect(typeof nested === 'number' ? 0 : nested.depth).toBeLessThanOrEqual(16);
    let power: Size = a;
    for (let step = 0; step < 2000; step += 1) power = multiply(power, power);
    expect(hasAnonymous(power)).toBe(true);
    expect(formatSize(power).length).toBeLessThan(100);
    const long = symbol('n'.repeat(10_000));
    expect(formatSize(long)).toHaveLength(10_000);
    expect(isAnonymous(add(long, 1))).toBe(true);
    expect(isAnonymous(floorDivide(long, 2))).toBe(true);
    expect(isAnonymous(multiply(multiply(a, 1e200), 1e200))).toBe(true);
    expect(isAnonymous(multiply(1e200, 1e200))).toBe(true);
    let operands: Size = a;
    for (let at = 0; at < 40; at += 1) operands = maximum(operands, symbol(`m${at}`));
    expect(hasAnonymous(operands)).toBe(true);
  });

  test('coefficients beyond 2^53 are kept, rounded', () => {
    const cost = multiply(multiply(a, 2 ** 40), 2 ** 30);
    expect(formatSize(cost)).toBe('1180591620717411303424*a');
    expect(evaluate(cost, () => 2)).toBe(2 ** 71);
  });
});
