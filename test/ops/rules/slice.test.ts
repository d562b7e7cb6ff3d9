import { describe, expect, test } from 'vitest';
import type { Shape, Value } from '../../../src/graph/index.ts';
import { sliceRange } from '../../../src/ops/rules/slice-length.ts';
import { add, evaluate, symbol } from '../../../src/symbolic/index.ts';
import { ints, outcomeOf } from './outcome.ts';

/** What onnxruntime takes of range(size): bounds are clamped to the axis before anything is counted. */
function taken(size: number, start: number, end: number, step: number): number[] {
  const last = step > 0 ? size : size - 1;
  const clamp = (index: number, least: number): number =>
    Math.min(Math.max(index < 0 ? index + size : index, least), last);
  const result: number[] = [];
  const stop = clamp(end, step > 0 ? 0 : -1);
  for (let at = clamp(start, 0); step > 0 ? at < stop : at > stop; at += step) result.push(at);
  return result;
}

const steps = [1, 2, 3, -1, -2, -3];
const bounds = [-7, -4, -2, -1, 0, 1, 2, 4, 7, 2 ** 40, -(2 ** 40)];

describe('what a slice takes of an axis', () => {
  test('is what the runtime takes, for numbers', () => {
    let count = 0;
    for (const step of steps) {
      for (const start of bounds) {
        for (const end of bounds) {
          for (let size = 0; size < 6; size += 1) {
            const expected = taken(size, start, end, step);
            const range = sliceRange(size, start, end, step);
            expect([size, start, end, step, range?.length]).toEqual([
              size,
              start,
              end,
              step,
              expected.length,
            ]);
            if (expected.length > 0) expect(range?.first).toBe(expected[0]);
            count += 1;
          }
        }
      }
    }
    expect(count).toBe(6 * 11 * 11 * 6);
  });

  test('is what the runtime takes whatever a symbolic size is, from 1', () => {
    let count = 0;
    for (const step of steps) {
      for (const start of bounds) {
        for (const end of bounds) {
          const range = sliceRange(symbol('n'), start, end, step);
          if (range === null) continue;
          for (let size = 1; size < 12; size += 1) {
            const length = evaluate(range.length, () => size);
            const expected = taken(size, start, end, step).length;
            expect([size, start, end, step, length]).toEqual([size, start, end, step, expected]);
            count += 1;
          }
        }
      }
    }
    expect(count).toBe(6 * 11 * 11 * 11);
  });

  test('is what the runtime takes for bounds that are symbols within the axis', () => {
    const [past, seq] = [symbol('past'), symbol('seq')];
    const total = add(past, seq);
    const cases = [
      sliceRange(total, past, total, 1),
      sliceRange(total, 0, past, 1),
      sliceRange(total, past, 2 ** 40, 1),
      sliceRange(64, past, total, 1),
      sliceRange(64, 0, total, 1),
    ];
    for (const [p, s] of [
      [1, 1],
      [3, 5],
      [10, 2],
    ] as const) {
      const at = (name: string): number => (name === 'past' ? p : s);
      expect(cases.map((range) => range && evaluate(range.length, at))).toEqual([
        taken(p + s, p, p + s, 1).length,
        taken(p + s, 0, p, 1).length,
        taken(p + s, p, 1e9, 1).length,
        taken(64, p, p + s, 1).length,
        taken(64, 0, p + s, 1).length,
      ]);
    }
  });

  test('is not known where the sign of a bound is not', () => {
    expect(sliceRange(symbol('n'), add(symbol('a'), -3), 2 ** 40, 1)).toBeNull();
  });
});

describe('Slice', () => {
  const endless = Number.MAX_SAFE_INTEGER;

  test.each([
    [['n', 10], [1], [3], [1], 'float32[n, 2]'],
    [['n', 10], [0], [1], [0], 'float32[1, 10]'],
    [['n', 10], [1], [endless], [0], 'float32[n - 1, 10]'],
    [['n', 10], [0], [-1], [0], 'float32[n - 1, 10]'],
    [['n', 10], [-1], [endless], [0], 'float32[1, 10]'],
    [['n', 10], [0], [5], [0], 'float32[min(5, n), 10]'],
    [['n', 10], [0, 2], [endless, 8], [0, -1], 'float32[n, 6]'],
    [['n', 10], [-1], [-endless], [1], 'float32[n, 10]', [-1]],
    [['n', 10], [0], [endless], [0], 'float32[floor((n + 1)/2), 10]', [2]],
    [['n', 10], [3], [1], [1], 'float32[n, 0]'],
  ] as const)(
    '%j from %j to %j along %j',
    (input, starts, ends, axes, type, stride: readonly number[] = [1]) => {
      const given = stride.length === starts.length ? stride : starts.map(() => 1);
      const result = outcomeOf(13, (b) =>
        b.node('Slice', [
          b.input('x', 'float32', input),
          ...[starts, ends, axes, given].map((list) => ints(b, list)),
        ]),
      );
      expect(result).toMatchObject({ types: [type], problems: [] });
      if (given.every((step) => step === 1)) {
        const old = outcomeOf(9, (b) =>
          b.node('Slice', [b.input('x', 'float32', input)], { starts, ends, axes }),
        );
        expect(old).toMatchObject({ types: [type], problems: [] });
      }
    },
  );

  test('takes sizes that come from elsewhere', () => {
    const { types } = outcomeOf(17, (b) => {
      const ids = b.input('ids', 'int64', ['batch', 'seq']);
      const seq = b.node('Shape', [ids], { start: 1, end: 2 });
      const slice = (shape: Shape, start: Value, end: Value): Value =>
        b.node('Slice', [
          b.input(`x${b.graph.inputs.length}`, 'float32', shape),
          start,
          end,
          ints(b, [1]),
        ]);
      return [
        slice([1, 512, 8], ints(b, [0]), seq),
        slice([1, 'seq', 8], ints(b, [0]), seq),
        slice(['batch', 'past + seq', 8], b.node('Neg', [seq]), ints(b, [endless])),
      ];
    });
    expect(types).toEqual([
      'float32[1, min(512, seq), 8]',
      'float32[1, seq, 8]',
      'float32[batch, seq, 8]',
    ]);
  });

  test('bounds that are not known leave the other axes', () => {
    const { types } = outcomeOf(17, (b) => {
      const x = b.input('x', 'float32', [2, 3, 4]);
      const one = b.input('one', 'int64', [1]);
      return [
        b.node('Slice', [x, one, one, ints(b, [1])]),
        b.node('Slice', [x, one, one]),
        b.node('Slice', [x, ints(b, [0]), ints(b, [1]), one]),
      ];
    });
    expect(types).toEqual(['float32[2, ?, 4]', 'float32[?, 3, 4]', 'float32[?, ?, ?]']);
  });

  test('takes elements, also backwards', () => {
    const { elements } = outcomeOf(17, (b) => {
      const shape = b.node('Shape', [b.input('x', 'float32', ['a', 'b', 'c', 'd'])]);
      const slice = (start: number, end: number, step: number): Value =>
        b.node('Slice', [shape, ints(b, [start]), ints(b, [end]), ints(b, [0]), ints(b, [step])]);
      return [slice(1, 3, 1), slice(-2, endless, 1), slice(-1, -endless, -1), slice(0, 4, 2)];
    });
    expect(elements).toEqual([
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'c', 'b', 'a'],
      ['a', 'c'],
    ]);
  });

  test.each([
    [[0], [1], [0], [0], 'rejects: the step along axis 0 is 0'],
    [[0], [1], [2], [1], 'rejects: axis 2 is not in [-2, 1]'],
    [[0, 0], [1, 1], [0, -2], [1, 1], 'rejects: the axes [0, -2] name one twice'],
    [[0, 0], [1], [0], [1], 'rejects: 2 starts and 1 ends are given'],
    [[0, 0], [1, 1], [0], [1, 1], 'rejects: 2 starts go with 1 axes and 2 steps'],
  ])('%j to %j along %j by %j cannot be', (...lists) => {
    const problem = lists.pop();
    const { problems } = outcomeOf(13, (b) =>
      b.node('Slice', [
        b.input('x', 'float32', [2, 3]),
        ...lists.map((list) => ints(b, list as number[])),
      ]),
    );
    expect(problems).toEqual([problem]);
  });

  test('before opset 10 an axis out of range is found when the node runs', () => {
    const { problems } = outcomeOf(9, (b) =>
      b.node('Slice', [b.input('x', 'float32', [2, 3])], { starts: [0], ends: [1], axes: [5] }),
    );
    expect(problems).toEqual(['fails: axis 5 is not in [-2, 1]']);
  });
});
