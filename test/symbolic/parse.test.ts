import { describe, expect, test } from 'vitest';
import {
  evaluate,
  floorDivide,
  formatSize,
  parseSize,
  subtract,
  symbol,
} from '../../src/symbolic/index.ts';

describe('reading formulas', () => {
  test.each([
    ['batch', 'batch'],
    ['past_sequence_length + 1', 'past_sequence_length + 1'],
    ['past + seq', 'past + seq'],
    ['seq+past', 'past + seq'],
    ['2*seq', '2*seq'],
    ['(s0 - 1)//2 + 1', 'floor((s0 + 1)/2)'],
    ['floor(n/4)', 'floor(n/4)'],
    ['((s1//2))*3', '3*floor(s1/2)'],
    ['Max(1, s0)', 'max(1, s0)'],
    ['Min(s1, s0, 8)', 'min(8, s0, s1)'],
    ['Mod(s0, 4)', 's0 - 4*floor(s0/4)'],
    ['s0 % 4', 's0 - 4*floor(s0/4)'],
    ['ceiling(s0/2)', 'floor((s0 + 1)/2)'],
    ['-s0 + 10', '10 - s0'],
    ['--s0', 's0'],
    ['s0**2', 's0**2'],
    ['-s0**2', '-s0**2'],
    ['s0 - -1', 's0 + 1'],
    ['s0 - 2 - 1', 's0 - 3'],
    ['s0//2//2', 'floor(s0/4)'],
    ['h/2', 'floor(h/2)'],
    ['h/2*2', '2*floor(h/2)'],
    ['floor(h/2 - 1/2) + 1', 'floor((h + 1)/2)'],
    ['floor(h/2*2)', 'h'],
    ['floor(h/2) + w/2', 'floor(h/2) + floor(w/2)'],
    ['1 + a + b*c + b**2*a', 'a*b**2 + b*c + a + 1'],
    ['floor(0.5*h)', 'floor(h/2)'],
    ['floor(2.0*h)', '2*h'],
    ['2.0*h', '2*h'],
    ['ceil(h*0.25 + w/3)', 'floor((3*h + 4*w + 11)/12)'],
    ['floor((h/2)//3)', 'floor(h/6)'],
    ['p2o.Dim.0*Größe', 'Größe*p2o.Dim.0'],
    ['?x.1 + 1', '?x.1 + 1'],
    ['max*min', 'max*min'],
    ['  7 ', '7'],
    ['-1', '-1'],
    ['((((12))))', '12'],
  ])('%s is %s', (text, expected) => {
    const size = parseSize(text);
    expect(size === null ? null : formatSize(size)).toBe(expected);
  });

  test.each([
    ['', 'nothing'],
    ['   ', 'blanks'],
    ['?', 'no name'],
    ['☃', 'no token'],
    ['a b', 'no operator'],
    ['2a', 'no operator'],
    ['a:b', 'an unknown operator'],
    ['a^2', 'an unknown operator'],
    ['a +', 'a missing term'],
    ['* a', 'a missing factor'],
    ['(a', 'an open parenthesis'],
    ['a)', 'an unbalanced parenthesis'],
    ['()', 'empty parentheses'],
    ['a//0', 'a division by zero'],
    ['a % (b - b)', 'a division by zero'],
    ['floor(1/(2 - 2))', 'a division by zero'],
    ['sqrt(a)', 'an unknown function'],
    ['Max()', 'a function without arguments'],
    ['Mod(a)', 'too few arguments'],
    ['Mod(a, 2, 3)', 'too many arguments'],
    ['floor(a, b)', 'too many arguments'],
    ['floor(Max(a/2, 1))', 'a fraction that is not rounded'],
    ['0.5*a', 'a fraction that is not rounded'],
    ['a**b', 'a power that is no number'],
    ['a**-1', 'a negative power'],
    ['a**1000', 'a power that is too high'],
    ['a**2**2', 'a tower of powers'],
    ['99999999999999999*a', 'a number that is not exact'],
    ['"a', 'an open quote'],
    ['"\\x"', 'a bad escape'],
    [`${'('.repeat(10_000)}1`, 'too many parentheses'],
    ['-'.repeat(10_000), 'too many signs'],
    [`${'-'.repeat(100_000)}1`, 'too long'],
    ['floor('.repeat(200), 'too many calls'],
    ['Max('.repeat(200), 'too many calls'],
  ])('%.20j is none: %s', (text) => {
    expect(parseSize(text)).toBeNull();
  });

  test('long and dense texts end soon', () => {
    const started = performance.now();
    const texts = [
      Array.from({ length: 600 }, (_, at) => `x${at}`).join('+'),
      `${'(a+b+c+d)*'.repeat(400)}1`,
      `${'(a-b)*'.repeat(600)}1`,
      `${'(a+b+c+d+e+f)**64*'.repeat(200)}1`,
      `${'Max(a,'.repeat(49)}b${')'.repeat(49)}`,
      Array.from({ length: 120 }, (_, at) => `Max(a${at},b${at})*Min(c,d${at})`).join('-'),
      `${'('.repeat(45)}a${'//b+c)'.repeat(45)}`,
      Array.from({ length: 150 }, (_, at) => `(a+${at})//(b+${at})`).join('*'),
      `(${Array.from({ length: 190 }, (_, at) => `y${at}`).join('+')})//(a+b+1)`,
      '(a+1)**40//(a+b+1)',
      '(a+b)**12//(a+c+1)',
    ];
    const sizes = texts.map((text) => parseSize(text) ?? 0);
    expect(Math.max(...sizes.map((size) => formatSize(size).length))).toBeLessThanOrEqual(4096);
    expect(sizes.filter((size) => size !== 0).length).toBeGreaterThan(3);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('what is written', () => {
  test('reads back as what it was', () => {
    const [a, strange] = [symbol('a'), symbol('size of "it"')];
    for (const size of [a, 5, -3, subtract(1, a), floorDivide(strange, subtract(a, 1))]) {
      expect(parseSize(formatSize(size))).toEqual(size);
    }
    expect(formatSize(symbol('?7'))).toBe('?7');
    expect(String(subtract(1, a))).toBe('1 - a');
  });

  test('a division by what may be 0 has no value there', () => {
    const size = parseSize('a//(b - c)');
    expect(evaluate(size ?? 0, () => 3)).toBeNull();
  });
});
