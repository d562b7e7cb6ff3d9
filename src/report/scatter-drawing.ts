import type { ReferenceLine, ScatterChart, ScatterSeries } from './chart.ts';
import { chartLabel } from './chart-label.ts';
import {
  axisName,
  axisOption,
  chartWidth,
  colorOf,
  colors,
  commonOption,
  type Drawing,
  fontSize,
  halo,
  legendOption,
} from './chart-style.ts';
import { clipLine, type Place } from './clip-line.ts';
import { exponent, type LogScale, logScale } from './log-scale.ts';

const height = 440;
const margin = { left: 96, right: 28, top: 16, bottom: 60 } as const;
const legendHeight = 28;

/** Pixels across: the point of the greatest weight, and the least that can be seen. */
const greatestPoint = 26;
const leastPoint = 4;
const plainPoint = 8;

const mostAxisCells = 60;
const mostNameCells = 24;

/** Powers of ten: less of a line would not show where it goes. */
const leastLine = 2;

/** Series differ in their marks too, for those who do not see their colours. */
const symbols = ['circle', 'diamond', 'triangle', 'rect'] as const;

interface Scales {
  readonly x: LogScale;
  readonly y: LogScale;
  readonly mostWeight: number;
}

/** Points and lines over two axes of exponents. */
export function scatterDrawing({ x, y, series, lines = [] }: ScatterChart): Drawing {
  const points = series.flatMap((each) => each.points);
  const xs = logScale(points.map((point) => point.x));
  const placed = lines.map((line) => acrossChart(line, xs));
  const shownAnyway = placed.flatMap((line) => endOf(line, xs)).map(powerOfTen);
  const scales: Scales = {
    x: xs,
    y: logScale([...points.map((point) => point.y), ...shownAnyway]),
    mostWeight: Math.max(...points.map(({ weight = 1 }) => weight), Number.MIN_VALUE),
  };
  const names = uniqueNames(series.map(({ name }) => chartLabel(name, mostNameCells)));
  const lineNames = lines.map(({ name }) => chartLabel(name, mostNameCells));
  const widest = Math.max(0, ...lineNames.map((name) => name.length));
  const legend = series.length > 1 ? names : [];
  const xName = axisName(chartLabel(x.label, mostAxisCells), x.unit);
  const yName = axisName(chartLabel(y.label, mostAxisCells), y.unit);
  return {
    width: chartWidth,
    height: height + (legend.length > 0 ? legendHeight : 0),
    option: {
      ...commonOption,
      grid: {
        ...margin,
        top: margin.top + (legend.length > 0 ? legendHeight : 0),
        right: margin.right + widest * 7,
        outerBoundsMode: 'none',
      },
      legend: legendOption(legend, margin.left - 6),
      xAxis: logAxis(xName, 36, scales.x),
      yAxis: logAxis(yName, 62, scales.y),
      series: [
        ...series.map((each, at) => pointSeries(each, names[at] ?? '', at, scales)),
        ...lines.map((line, at) =>
          lineSeries(line, placed[at] ?? [], lineNames[at] ?? '', scales.y),
        ),
      ],
    },
  };
}

/** The library takes series of one name for one: the later ones get something that is not seen. */
function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, at) => {
    const before = names.slice(0, at).filter((other) => other === name).length;
    return name + '\u200b'.repeat(before);
  });
}

/** The part of a line between the left and the right edge, in exponents. */
function acrossChart({ points }: ReferenceLine, { first, max }: LogScale): readonly Place[] {
  const places = points.map(({ x, y }): Place => [exponent(x), exponent(y)]);
  return clipLine(places, { axis: 0, from: first, to: max });
}

/** How high a line is at the right of the chart, where it is drawn even if no point is near it. */
function endOf(line: readonly Place[], { max }: LogScale): number[] {
  return clipLine(line, { axis: 0, from: max - leastLine, to: max }).map(([, up]) => up);
}

function powerOfTen(power: number): number {
  return Math.min(Math.max(10 ** power, Number.MIN_VALUE), Number.MAX_VALUE);
}

function logAxis(
  name: string,
  nameGap: number,
  { min, max, step, tick }: LogScale,
): Record<string, unknown> {
  return { ...axisOption(name, nameGap, tick), min, max, interval: step };
}

function pointSeries(
  { tone, points }: ScatterSeries,
  name: string,
  at: number,
  { x, y, mostWeight }: Scales,
): Record<string, unknown> {
  const isWeighted = points.some(({ weight }) => weight !== undefined);
  // The small ones lie on the large ones.
  const ordered = points.toSorted((a, b) => (b.weight ?? 1) - (a.weight ?? 1));
  return {
    type: 'scatter',
    name,
    silent: true,
    clip: false,
    symbol: symbols[at % symbols.length],
    itemStyle: { color: colorOf(tone), opacity: isWeighted ? 0.5 : 0.8 },
    data: ordered.map(({ x: across, y: up, weight = 1, label }) => ({
      value: [x.place(across), y.place(up)],
      symbolSize: isWeighted
        ? Math.max(greatestPoint * Math.sqrt(weight / mostWeight), leastPoint)
        : plainPoint,
      ...(label !== undefined && { label: pointLabel(label) }),
    })),
  };
}

function pointLabel(text: string): Record<string, unknown> {
  const shown = chartLabel(text, mostNameCells);
  const look = { color: colors.ink, opacity: 1, fontSize, fontFamily: 'inherit', ...halo };
  // A text would be searched for placeholders.
  return { show: true, position: 'right', formatter: () => shown, ...look };
}

function lineSeries(
  { tone, isDashed = false }: ReferenceLine,
  places: readonly Place[],
  name: string,
  { first, max }: LogScale,
): Record<string, unknown> {
  const color = colorOf(tone);
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    clip: false,
    lineStyle: { color, width: 1.5, type: isDashed ? [5, 4] : 'solid' },
    endLabel: {
      show: true,
      color,
      fontSize,
      fontFamily: 'inherit',
      distance: 6,
      formatter: () => name,
    },
    labelLayout: { moveOverlap: 'shiftY' },
    data: clipLine(places, { axis: 1, from: first, to: max }),
  };
}
