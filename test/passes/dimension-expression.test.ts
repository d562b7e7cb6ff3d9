import { describe, expect, test } from 'vitest';
import { evaluateDimension } from '../../src/passes/index.ts';

describe('formulas of dimensions', () => {
  const sizes = new Map([
    ['batch', 2],
    ['s0', 7],
    ['past.len', 3],
  ]);

  test.each([
    ['2*batch', 4],
    ['batch * s0 + 1', 15],
    ['(s0 - 1)//2 + 1', 4],
    ['s0//2//2', 1],
    ['s0 - 2 - 1', 4],
    ['past.len + s0', 10],
    ['-1 + s0', 6],
    ['-(1 - s0)//4', 1],
    ['((((12))))', 12],
    ['batch', 2],
  ])('%s', (text, size) => {
    expect(evaluateDimension(text, sizes)).toBe(size);
  });

  test.each([
    ['unknown + 1', 'a name without a size'],
    ['2*batch)', 'an unbalanced parenthesis'],
    ['(batch', 'an open parenthesis'],
    ['batch +', 'a missing term'],
    ['batch s0', 'no operator'],
    ['batch/2', 'a division that may not be whole'],
    ['s0 % 2', 'an operator that is not known'],
    ['batch - s0', 'a negative size'],
    ['s0//0', 'a division by zero'],
    ['99999999999*99999999999', 'a size that no number holds exactly'],
    ['', 'nothing'],
    ['☃', 'no token at all'],
    [`${'('.repeat(100_000)}1`, 'too many parentheses'],
    ['-'.repeat(100_000), 'too many signs'],
  ])('is null for %.20s: %s', (text) => {
    expect(evaluateDimension(text, sizes)).toBeNull();
  });
});
