import { describe, expect, test } from 'vitest';
import {
  combinations,
  type MatrixAxes,
  type MatrixPoint,
  parseMatrix,
  pointText,
} from '../../../src/validate/matrix/axes.ts';

const rest: MatrixPoint = {
  provider: 'cpu',
  optimization: 'all',
  threads: 2,
  precision: 'float32',
};

describe('axes of a matrix', () => {
  const all: MatrixAxes = {
    provider: ['cpu', 'cuda'],
    optimization: ['disabled', 'all'],
    threads: [1, 2, 4],
    precision: ['float32', 'bfloat16'],
  };

  test.each([
    [
      'provider=cpu,cuda',
      'optimization=disabled,all',
      'threads=1,2,4',
      'precision=float32,bfloat16',
    ],
    ['provider=cpu,cuda optimization=disabled,all', 'threads=1,2,4 precision=float32,bfloat16'],
    ['threads = 1, 2, 4;provider=cpu,cuda; optimization=disabled,all ;precision=float32,bfloat16'],
  ])('are read one by one or together', (...texts) => {
    expect(parseMatrix(texts)).toEqual(all);
  });

  test('that are not given do not vary', () => {
    expect(parseMatrix(['threads=1,2'])).toEqual({
      provider: [],
      optimization: [],
      threads: [1, 2],
      precision: [],
    });
  });

  test.each([
    ['threads', '"threads" is no axis'],
    ['cores=1,2', '"cores=1,2" is no axis'],
    ['toString=1', 'is no axis'],
    ['threads=0,1', 'threads "0" is no whole number from 1'],
    ['threads=', 'threads ""'],
    ['threads=1,,2', 'threads ""'],
    ['threads=1.5', 'threads "1.5"'],
    ['threads=1,2,1', 'threads has 1 twice'],
    ['threads=1 threads=2', 'threads is given twice'],
    ['provider=gpu', 'provider "gpu" is none of cpu, cuda'],
    ['optimization=none', 'is none of disabled, basic, extended, all'],
    ['precision=float8', 'is none of float32, float16, bfloat16'],
    [`threads=${Array.from({ length: 65 }, (_, i) => i + 1).join()}`, 'these are 65 combinations'],
  ])('%s is refused', (text, message) => {
    expect(() => parseMatrix([text])).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(`--matrix: `) as string,
      }),
    );
    expect(() => parseMatrix([text])).toThrow(message);
  });

  test('are combined, the first values first', () => {
    const points = combinations(parseMatrix(['threads=1,4 optimization=disabled,all']), rest);
    expect(points.map(({ optimization, threads }) => [optimization, threads])).toEqual([
      ['disabled', 1],
      ['disabled', 4],
      ['all', 1],
      ['all', 4],
    ]);
    expect(points.every((point) => point.provider === 'cpu')).toBe(true);
    expect(combinations(all, rest)).toHaveLength(24);
    expect(combinations(parseMatrix([]), rest)).toEqual([rest]);
  });

  test('tell combinations apart', () => {
    const other: MatrixPoint = { ...rest, threads: 1, precision: 'float16' };
    expect(pointText(other, ['precision', 'threads'])).toBe('weights in float16, 1 thread');
    expect(pointText(rest)).toBe('weights as they are, cpu, optimization all, 2 threads');
  });
});
