import { describe, expect, test } from 'vitest';
import type { ErrorBin } from '../../../src/parity/index.ts';
import type { BarChart, ChartBlock, ScatterChart } from '../../../src/report/index.ts';
import type { FloatGains, TracedValue } from '../../../src/trace/index.ts';
import { errorChart, gainChart, layerChart } from '../../../src/validate/charts/charts.ts';

function scatterOf(block: ChartBlock | null): ScatterChart {
  if (block?.chart.kind !== 'scatter') throw new Error('no scatter');
  return block.chart;
}

function barsOf(block: ChartBlock | null): BarChart {
  if (block?.chart.kind !== 'bars') throw new Error('no bars');
  return block.chart;
}

describe('errorChart', () => {
  const bins: ErrorBin[] = [
    { magnitude: 0.5, error: 1e-7, count: 90 },
    { magnitude: 20, error: 1e-5, count: 1 },
    { magnitude: 0, error: 1e-8, count: 5 },
    { magnitude: 3, error: 0, count: 4 },
    { magnitude: 7, error: 1, count: 0 },
  ];
  const limits = { atol: 1e-6, rtol: 1e-4 };

  test('has a point for each bin with something in it, zeros too', () => {
    const { series } = scatterOf(errorChart('logits', 'float32', bins, limits));
    expect(series.map(({ points }) => points)).toEqual([
      [
        { x: 0.5, y: 1e-7, weight: 90 },
        { x: 20, y: 1e-5, weight: 1 },
        { x: 0, y: 1e-8, weight: 5 },
        { x: 3, y: 0, weight: 4 },
      ],
    ]);
  });

  test('has the tolerance and one step of the type over all magnitudes, in whole decades', () => {
    const { lines = [] } = scatterOf(errorChart('logits', 'float32', bins, limits));
    expect(lines.map(({ name }) => name)).toEqual(['tolerance', '1 ULP']);
    for (const { points } of lines) {
      expect(points[0]?.x).toBeCloseTo(0.1, 12);
      expect(points.at(-1)?.x).toBeCloseTo(100, 9);
    }
    // 1e-6 + 1e-4 · 100, and 100 · 2⁻²³
    expect(lines[0]?.points.at(-1)?.y).toBeCloseTo(0.010001, 9);
    expect(lines[1]?.points.at(-1)?.y).toBeCloseTo(100 * 2 ** -23, 9);
  });

  test('has no line where there is no limit, and none of integers', () => {
    expect(scatterOf(errorChart('y', 'int32', bins, null)).lines).toEqual([]);
    const exact = scatterOf(errorChart('y', 'float32', bins, { atol: 0, rtol: 0 }));
    expect(exact.lines?.map(({ name }) => name)).toEqual(['1 ULP']);
  });

  test('one magnitude is enough for lines, and zeros alone have none', () => {
    const one = scatterOf(
      errorChart('y', 'float32', [{ magnitude: 1, error: 1, count: 1 }], limits),
    );
    expect(one.lines?.map(({ points }) => [points[0]?.x, points.at(-1)?.x])).toEqual([
      [1, 10],
      [1, 10],
    ]);
    const zero = scatterOf(
      errorChart('y', 'float32', [{ magnitude: 0, error: 1, count: 1 }], limits),
    );
    expect(zero.lines).toEqual([]);
  });

  test('says what it shows', () => {
    const { title, summary } = errorChart('logits', 'float32', bins, limits) as ChartBlock;
    expect(title).toBe('Error of logits');
    expect(summary).toContain('100 elements of "logits" (float32)');
    expect(summary).toContain('4 elements are equal.');
  });

  test('is none where nothing differs', () => {
    expect(errorChart('y', 'float32', [], limits)).toBeNull();
    expect(errorChart('y', 'float32', [{ magnitude: 1, error: 0, count: 9 }], limits)).toBeNull();
  });

  test('puts close bins together where they are too many; the farthest stay', () => {
    const many: ErrorBin[] = Array.from({ length: 10_000 }, (_, at) => ({
      magnitude: 10 ** ((at % 100) / 25),
      error: 10 ** (-Math.floor(at / 100) / 20),
      count: 2,
    }));
    const block = errorChart(
      'y',
      'float32',
      [...many, { magnitude: 1, error: 500, count: 1 }],
      null,
    );
    const points = scatterOf(block).series.flatMap((each) => each.points);
    expect(points.length).toBeLessThanOrEqual(2000);
    expect(points.length).toBeGreaterThan(200);
    expect(points.reduce((sum, { weight = 0 }) => sum + weight, 0)).toBe(20_001);
    expect(points).toContainEqual({ x: 1, y: 500, weight: 1 });
    expect(block?.summary).toContain('Of 10,001 points');
  });

  test('takes the least and the greatest numbers', () => {
    const extremes = [5e-324, Number.MAX_VALUE].map((value) => ({
      magnitude: value,
      error: value,
      count: 1,
    }));
    const { lines = [] } = scatterOf(errorChart('y', 'float64', extremes, limits));
    expect(lines).toHaveLength(2);
  });
});

function value(at: number, sqnrDb: number | null, more: Partial<TracedValue> = {}): TracedValue {
  return {
    name: `v${at}`,
    candidate: `v${at}`,
    pairedBy: 'name',
    node: `node${at}`,
    operator: 'Conv',
    candidateNode: `node${at}`,
    candidateOperator: 'Conv',
    dtype: 'float32',
    shape: [1],
    maxAbs: 1,
    relativeError: 1,
    sqnrDb,
    cosine: 1,
    classMismatches: 0,
    total: 1,
    inputError: 0,
    amplification: null,
    isOrigin: false,
    isDiverged: false,
    ...more,
  };
}

describe('layerChart', () => {
  test('has a bar for each value that differs, in their order, those that diverged in another tone', () => {
    const values = [
      value(0, 50),
      value(1, Infinity),
      value(2, 12, { isDiverged: true }),
      value(3, null),
      value(4, 30),
    ];
    const block = layerChart(values, 20);
    expect(barsOf(block).bars).toEqual([
      { label: 'node0', value: 50 },
      { label: 'node2', value: 12, tone: 'bad' },
      { label: 'node4', value: 30 },
    ]);
    expect(barsOf(block).limit).toEqual({ value: 20, name: 'limit 20 dB' });
    expect(block?.summary).toContain('One value is identical, and left out.');
    expect(block?.summary).toContain('One value is without an SQNR.');
  });

  test('has no line without a limit', () => {
    expect(barsOf(layerChart([value(0, 50)], null)).limit).toBeUndefined();
  });

  test('of many, the worst are shown in their order', () => {
    // 70, 69 … 1 dB: the last 40 are the worst.
    const values = Array.from({ length: 70 }, (_, at) => value(at, 70 - at));
    const block = layerChart(values, null);
    expect(barsOf(block).bars.map((bar) => bar.value)).toEqual(
      Array.from({ length: 40 }, (_, at) => 40 - at),
    );
    expect(block?.summary).toContain('The worst 40 of 70');
  });

  test('an error without a signal is told in words', () => {
    const [bar] = barsOf(layerChart([value(0, -Infinity, { isDiverged: true })], 20)).bars;
    expect(bar).toEqual({ label: 'node0', value: 0, text: '-∞', tone: 'bad' });
  });

  test('several values of a node are told apart', () => {
    const values = [value(0, 9, { node: 'split' }), value(1, 8, { node: 'split' }), value(2, 7)];
    expect(barsOf(layerChart(values, null)).bars.map(({ label }) => label)).toEqual([
      'split → v0',
      'split → v1',
      'node2',
    ]);
  });

  test('is none where nothing differs', () => {
    expect(layerChart([], 20)).toBeNull();
    expect(layerChart([value(0, Infinity), value(1, null)], 20)).toBeNull();
  });
});

describe('gainChart', () => {
  const gain = (node: string, gainDb: number) => ({
    node,
    operator: 'Conv',
    sqnrDb: 10 + gainDb,
    gainDb,
  });
  const gains = (more: Partial<FloatGains> = {}): FloatGains => ({
    output: 'logits',
    sqnrDb: 17.3,
    nodes: [gain('a', 8), gain('b', 2), gain('c', -0.5)],
    suggestion: { nodes: ['a'], sqnrDb: 31.2, flags: '--exclude a' },
    notes: [],
    ...more,
  });

  test('has a bar for each node, those that are proposed in another tone', () => {
    const block = gainChart(gains());
    expect(barsOf(block).bars).toEqual([
      { label: 'a', value: 8, tone: 'good' },
      { label: 'b', value: 2 },
      { label: 'c', value: -0.5 },
    ]);
    expect(block?.summary).toMatch(/"logits".* 17\.3 dB\. .* 31\.2 dB\.$/);
  });

  test('of many, the first are shown', () => {
    const nodes = Array.from({ length: 50 }, (_, at) => gain(`n${at}`, 50 - at));
    const block = gainChart(gains({ nodes, suggestion: null }));
    expect(barsOf(block).bars.map(({ label }) => label)).toEqual(
      nodes.slice(0, 20).map(({ node }) => node),
    );
    expect(block?.summary).toContain('The 30 nodes that win least are left out.');
  });

  test('a gain without end is as long as the longest, and told in words', () => {
    const { bars } = barsOf(
      gainChart(gains({ nodes: [gain('a', Infinity), gain('b', 3)], suggestion: null })),
    );
    expect(bars[0]).toEqual({ label: 'a', value: 3, text: '∞' });
  });

  test('is none where no node was tried', () => {
    expect(gainChart(gains({ nodes: [] }))).toBeNull();
  });
});
