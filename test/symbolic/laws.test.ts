import { describe, expect, test } from 'vitest';
import {
  add,
  ceilDivide,
  differ,
  divideExactly,
  evaluate,
  floorDivide,
  formatSize,
  hasAnonymous,
  isNonNegative,
  maximum,
  minimum,
  modulo,
  multiply,
  parseSize,
  type Size,
  sameSize,
  substitute,
  subtract,
  symbol,
} from '../../src/symbolic/index.ts';
import { SeededRandom } from '../support/random.ts';

/*
 * Random formulas, worked out in two ways: by the normal form, and number by number in BigInt without
 * it.
 */

const names = ['a', 'b', 'c', 'd'];

type Tree = number | string | { readonly operator: Operator; readonly of: readonly [Tree, Tree] };
type Sizes = ReadonlyMap<string, number>;

const operators = ['+', '-', '*', '//', 'ceil', '%', 'max', 'min'] as const;
type Operator = (typeof operators)[number];

const symbolic: Record<Operator, (a: Size, b: Size) => Size> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '//': floorDivide,
  ceil: ceilDivide,
  '%': modulo,
  max: maximum,
  min: minimum,
};

/** floor(a / b), from BigInt's division towards 0. */
function floorOf(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b !== a && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

const numeric: Record<Operator, (a: bigint, b: bigint) => bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '//': floorOf,
  ceil: (a, b) => -floorOf(-a, b),
  '%': (a, b) => a - b * floorOf(a, b),
  max: (a, b) => (a > b ? a : b),
  min: (a, b) => (a < b ? a : b),
};

/** The size of a tree; null where it divides by 0. */
function sizeOf(tree: Tree): Size | null {
  if (typeof tree === 'number') return tree;
  if (typeof tree === 'string') return symbol(tree);
  const [a, b] = tree.of.map(sizeOf);
  if (a === undefined || b === undefined || a === null || b === null) return null;
  const divides = tree.operator === '//' || tree.operator === 'ceil' || tree.operator === '%';
  return divides && b === 0 ? null : symbolic[tree.operator](a, b);
}

/** The value of a tree; null where it divides by 0. */
function valueOf(tree: Tree, sizes: Sizes): bigint | null {
  if (typeof tree === 'number') return BigInt(tree);
  if (typeof tree === 'string') return BigInt(sizes.get(tree) ?? 0);
  const [a, b] = tree.of.map((part) => valueOf(part, sizes));
  if (a === undefined || b === undefined || a === null || b === null) return null;
  const divides = tree.operator === '//' || tree.operator === 'ceil' || tree.operator === '%';
  return divides && b === 0n ? null : numeric[tree.operator](a, b);
}

/** Random integers, trees and assignments of sizes. */
class Source extends SeededRandom {
  tree(depth: number): Tree {
    if (depth === 0 || this.below(6) === 0) {
      return this.below(5) < 3 ? this.pick(names) : this.below(14) - 4;
    }
    return { operator: this.pick(operators), of: [this.tree(depth - 1), this.tree(depth - 1)] };
  }

  /** A size that did not grow too large. */
  size(depth: number): Size {
    for (;;) {
      const size = sizeOf(this.tree(depth));
      if (size !== null && !hasAnonymous(size)) return size;
    }
  }

  sizes(): Sizes {
    const most = this.pick([3, 10, 40]);
    return new Map(names.map((name) => [name, this.below(most)]));
  }
}

function numberOf(size: Size, sizes: Sizes): number | null {
  return evaluate(size, (name) => sizes.get(name));
}

const key = (size: Size): string => (typeof size === 'number' ? String(size) : size.key);

describe('the normal form', () => {
  test('has the value of the formula', () => {
    const source = new Source(1);
    let checked = 0;
    for (let round = 0; round < 3000; round += 1) {
      const tree = source.tree(1 + source.below(4));
      const size = sizeOf(tree);
      if (size === null || hasAnonymous(size)) continue;
      for (let at = 0; at < 12; at += 1) {
        const sizes = source.sizes();
        const expected = valueOf(tree, sizes);
        // Products of sums are multiplied out, so their parts can be larger than the whole.
        if (expected === null || expected > 1e6 || expected < -1e6) continue;
        const actual = numberOf(size, sizes);
        if (actual !== Number(expected)) {
          const given = JSON.stringify([...sizes]);
          expect.fail(
            `${JSON.stringify(tree)} = ${expected}, not ${key(size)} = ${actual}: ${given}`,
          );
        }
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(15_000);
  });

  test('reads back as it is written', () => {
    const source = new Source(2);
    for (let round = 0; round < 1500; round += 1) {
      const size = source.size(1 + source.below(4));
      const text = formatSize(size);
      const back = parseSize(text);
      expect(back === null ? `none: ${text}` : key(back)).toBe(key(size));
    }
  });

  test('does not depend on the order of sums and products', () => {
    const source = new Source(3);
    for (let round = 0; round < 600; round += 1) {
      const [a, b, c] = [source.size(2), source.size(2), source.size(2)];
      expect(key(add(a, b))).toBe(key(add(b, a)));
      expect(key(add(add(a, b), c))).toBe(key(add(a, add(b, c))));
      expect(key(multiply(a, b))).toBe(key(multiply(b, a)));
      expect(key(multiply(multiply(a, b), c))).toBe(key(multiply(a, multiply(b, c))));
      expect(key(multiply(a, add(b, c)))).toBe(key(add(multiply(a, b), multiply(a, c))));
      expect(subtract(add(a, b), b)).toEqual(a);
      expect(key(maximum(a, b))).toBe(key(maximum(b, a)));
      expect(key(minimum(a, b))).toBe(key(minimum(b, a)));
    }
  });

  test('the largest of three does not depend on their order', () => {
    const source = new Source(4);
    for (let round = 0; round < 600; round += 1) {
      const [a, b, c] = [0, 1, 2].map(() => add(symbol(source.pick(names)), source.below(3)));
      if (a === undefined || b === undefined || c === undefined) continue;
      expect(key(maximum(maximum(a, b), c))).toBe(key(maximum(a, maximum(b, c))));
      expect(key(minimum(minimum(a, b), c))).toBe(key(minimum(a, minimum(b, c))));
    }
  });
});

describe('division', () => {
  test('a product is exactly divided by each of its factors', () => {
    const source = new Source(5);
    let checked = 0;
    for (let round = 0; round < 600; round += 1) {
      const [a, b] = [source.size(2), source.size(2)];
      if (b === 0) continue;
      checked += 1;
      const quotient = divideExactly(multiply(a, b), b);
      expect(quotient === null ? `none: ${key(a)} * ${key(b)}` : key(quotient)).toBe(key(a));
      expect(key(floorDivide(multiply(a, b), b))).toBe(key(a));
    }
    expect(checked).toBeGreaterThan(400);
  });

  test('an exact quotient times the divisor is the size', () => {
    const source = new Source(6);
    let checked = 0;
    for (let round = 0; round < 4000; round += 1) {
      const [a, b] = [source.size(2), source.size(1)];
      const quotient = divideExactly(a, b);
      if (quotient === null) continue;
      expect(key(multiply(quotient, b))).toBe(key(a));
      checked += 1;
    }
    expect(checked).toBeGreaterThan(300);
  });

  test('windows over windows are one window', () => {
    const source = new Source(7);
    for (let round = 0; round < 300; round += 1) {
      let size: Size = symbol('h');
      let expected = 10_000 + source.below(50);
      const h = expected;
      for (let layer = 0; layer < 6; layer += 1) {
        const [stride, shift] = [1 + source.below(4), source.below(9) - 4];
        size = add(floorDivide(add(size, shift), stride), 1);
        expected = Math.floor((expected + shift) / stride) + 1;
      }
      expect(evaluate(size, () => h)).toBe(expected);
      expect(formatSize(size).split('floor').length).toBeLessThanOrEqual(2);
    }
  });
});

describe('what is said to be certain', () => {
  test('holds for all sizes', () => {
    const source = new Source(8);
    const said = { nonNegative: 0, different: 0, same: 0 };
    for (let round = 0; round < 2500; round += 1) {
      const a = source.size(1 + source.below(3));
      const b =
        source.below(2) === 0 ? source.size(1 + source.below(2)) : add(a, source.below(5) - 2);
      const [nonNegative, different, same] = [isNonNegative(a), differ(a, b), sameSize(a, b)];
      said.nonNegative += Number(nonNegative);
      said.different += Number(different);
      said.same += Number(same);
      for (let at = 0; at < 12; at += 1) {
        const sizes = source.sizes();
        const [x, y] = [numberOf(a, sizes), numberOf(b, sizes)];
        if (x === null || y === null) continue;
        const problem =
          (nonNegative && x < 0 && 'is said to be ≥ 0') ||
          (different && x === y && 'is said to differ') ||
          (same && x !== y && 'is said to be the same');
        if (problem !== false) expect.fail(`${key(a)} (${x}) ${problem}: ${key(b)} (${y})`);
      }
    }
    // Of symbols that are sizes, much can be said.
    expect(said.nonNegative).toBeGreaterThan(1000);
    expect(said.different).toBeGreaterThan(800);
    expect(said.same).toBeGreaterThan(150);
  });
});

describe('substitution', () => {
  test('gives the value that the replaced symbols have', () => {
    const source = new Source(9);
    let checked = 0;
    for (let round = 0; round < 1500; round += 1) {
      const size = source.size(2 + source.below(2));
      const by = new Map(names.slice(0, 3).map((name) => [name, source.size(2)]));
      const replaced = substitute(size, (name) => by.get(name));
      if (hasAnonymous(replaced)) continue;
      for (let at = 0; at < 4; at += 1) {
        const sizes = source.sizes();
        const inner = names.map((name): [string, number | null] => [
          name,
          numberOf(by.get(name) ?? symbol(name), sizes),
        ]);
        // A symbol stands for a size: the normal form has made use of its not being negative.
        if (inner.some(([, value]) => value === null || value < 0)) continue;
        const expected = numberOf(size, new Map(inner as [string, number][]));
        if (expected === null || Math.abs(expected) > 1e6) continue;
        expect(numberOf(replaced, sizes)).toBe(expected);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(1000);
  });
});
