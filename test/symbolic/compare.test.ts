import { describe, expect, test } from 'vitest';
import { differ, isNonNegative, parseSize, type Size, sameSize } from '../../src/symbolic/index.ts';

function read(text: string): Size {
  const size = parseSize(text);
  if (size === null) throw new Error(`${text} is no formula`);
  return size;
}

describe('certainly not negative', () => {
  test.each([
    '0',
    'n',
    '2*n + m*n',
    'floor(n/2)',
    'floor((n + 3)/4) + 1',
    'floor((n - 1)/2) + 1',
    'n - floor(n/2)',
    'n - floor((n + 1)/2)',
    'n % 8',
    '7 - n % 8',
    'n // k',
    'n - n // k',
    'k - 1 - n % k',
    'max(n, m) - m',
    'n - min(n, m)',
    'max(1, n) - 1',
    'm*n - m*floor(n/2)',
    'max(n - m, 0)',
    'max(0, n - m) + m - n',
    'n**3',
    'm*n + k*n - m*(n//2) - k*(n//2)',
  ])('%s', (text) => {
    expect(isNonNegative(read(text))).toBe(true);
  });

  test.each([
    '-1',
    'n - 1',
    'n - m',
    '-n',
    'floor((n - 1)/2)',
    'min(n, m - 1)',
    'n - 2*floor(n/2) - 1',
    'n//(k - m)',
    'min(n - m, -1)**9',
    // The divisor k is at least 1, but the k within min is the same one.
    'k - 1 - min(k, m) + a//k',
  ])('not %s', (text) => {
    expect(isNonNegative(read(text))).toBe(false);
  });
});

describe('certainly equal or different', () => {
  test.each([
    ['n', 'n + 1'],
    ['2*n', '7'],
    ['4*n + 2', '6*m + 3'],
    ['n + 1', '0'],
    ['-n - 1', 'm'],
    ['n', 'n//2 - 1'],
    ['n % 4', '4'],
    ['max(2, n)', '1'],
    ['2*(n//2)', '2*m + 1'],
    ['3', '4'],
  ])('%s and %s differ', (a, b) => {
    expect(differ(read(a), read(b))).toBe(true);
    expect(differ(read(b), read(a))).toBe(true);
    expect(sameSize(read(a), read(b))).toBe(false);
  });

  test.each([
    ['n', 'm'],
    ['n', '0'],
    ['2*n', '6'],
    ['n', '2*n'],
    ['n', 'n//2'],
    ['max(1, n)', '1'],
    ['n % 4', '3'],
  ])('%s and %s may be either', (a, b) => {
    expect(differ(read(a), read(b))).toBe(false);
    expect(sameSize(read(a), read(b))).toBe(false);
  });

  test.each([
    ['5', '2 + 3'],
    ['(n + 1)*(n - 1)', 'n**2 - 1'],
    ['(n//2)//2', 'n//4'],
    ['max(n, m)', 'max(m, n)'],
    ['((n - 1)//2 + 1 - 1)//2 + 1', '(n - 1)//4 + 1'],
  ])('%s and %s are equal', (a, b) => {
    expect(sameSize(read(a), read(b))).toBe(true);
    expect(differ(read(a), read(b))).toBe(false);
  });
});
