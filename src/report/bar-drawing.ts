import type { Bar, BarChart } from './chart.ts';
import { chartLabel, chartNames } from './chart-label.ts';
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
import type { Tone } from './document.ts';
import { textWidth } from './text-width.ts';
import { formatNumber } from './units.ts';

const barPitch = 23;
const barWidth = 13;
const axisHeight = 56;
const legendHeight = 30;
const limitHeight = 20;

/** Names are in a font of one width, which is known beforehand. */
const nameSize = 11.5;
const cellWidth = nameSize * 0.602;
const mostNameCells = 44;
const mostTextCells = 14;
const mostLegendCells = 30;
const mostAxisCells = 60;

type BarTone = Tone | 'plain';

function toneOf({ tone }: Bar): BarTone {
  return tone ?? 'plain';
}

/** Bars from the left to the right, the first one at the top. */
export function barDrawing({ label, unit, bars, tones = {}, limit }: BarChart): Drawing {
  const names = chartNames(
    bars.map((bar) => bar.label),
    mostNameCells,
  );
  const texts = bars.map((bar) =>
    chartLabel(bar.text ?? formatNumber(bar.value, 3), mostTextCells),
  );
  const left = 14 + cellWidth * Math.max(...names.map(textWidth));
  const legend = legendOf(bars, tones);
  const top = 8 + (legend.length > 0 ? legendHeight : 0) + (limit === undefined ? 0 : limitHeight);
  const values = [
    ...bars.map(({ value }) => value),
    0,
    ...(limit === undefined ? [] : [limit.value]),
  ];
  const axis = axisOption(axisName(chartLabel(label, mostAxisCells), unit), 34, (value) =>
    formatNumber(value),
  );
  return {
    width: chartWidth,
    height: top + barPitch * bars.length + axisHeight,
    option: {
      ...commonOption,
      grid: { left, right: 62, top, bottom: axisHeight, outerBoundsMode: 'none' },
      legend: legendOption(
        legend.map(({ name }) => name),
        0,
      ),
      xAxis: { ...axis, ...rangeOf(Math.min(...values), Math.max(...values)) },
      yAxis: namesAxis(names),
      series: seriesOf(bars, texts, legend, limit),
    },
  };
}

interface LegendEntry {
  readonly tone: BarTone;
  readonly name: string;
}

/** The tones that are there and have a meaning, best known first. */
function legendOf(bars: readonly Bar[], tones: NonNullable<BarChart['tones']>): LegendEntry[] {
  const there = new Set(bars.map(toneOf));
  return (Object.entries(tones) as [BarTone, string][])
    .filter(([tone]) => there.has(tone))
    .map(([tone, name]) => ({ tone, name: chartLabel(name, mostLegendCells) }));
}

/** Both ends are at ticks. There is room for what is written beside bars that go to the left. */
function rangeOf(least: number, max: number): Record<'min' | 'max' | 'interval', number> {
  const span = max - least || 1;
  const min = least < 0 ? least - span * 0.08 : least;
  const power = 10 ** Math.floor(Math.log10(span / 6));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => span / each <= 8) ?? span;
  return {
    min: Math.floor(min / step) * step,
    max: Math.max(Math.ceil(max / step), Math.floor(min / step) + 1) * step,
    interval: step,
  };
}

function namesAxis(names: readonly string[]): Record<string, unknown> {
  return {
    type: 'category',
    inverse: true,
    data: names.map((_, at) => String(at)),
    axisLabel: {
      interval: 0,
      color: colors.ink,
      fontSize: nameSize,
      fontFamily: 'var(--mono)',
      formatter: (_value: string, at: number) => names[at] ?? '',
    },
    axisLine: { show: true, onZero: false, lineStyle: { color: colors.soft } },
    axisTick: { show: false },
  };
}

/** One series for each tone, as legends name series; each has its own bars only. */
function seriesOf(
  bars: readonly Bar[],
  texts: readonly string[],
  legend: readonly LegendEntry[],
  limit: BarChart['limit'],
): Record<string, unknown>[] {
  const tones = [...new Set(bars.map(toneOf))];
  return tones.map((tone, index) => ({
    type: 'bar',
    name: legend.find((entry) => entry.tone === tone)?.name ?? tone,
    silent: true,
    barWidth,
    barGap: '-100%',
    itemStyle: { color: colorOf(tone === 'plain' ? undefined : tone), opacity: 0.85 },
    data: bars.flatMap((bar, at) =>
      toneOf(bar) === tone ? [barItem(bar, at, texts[at] ?? '')] : [],
    ),
    ...(index === 0 && limit !== undefined && { markLine: limitLine(limit) }),
  }));
}

function barItem({ value }: Bar, at: number, text: string): Record<string, unknown> {
  return {
    value: [value, at],
    label: {
      show: true,
      position: value < 0 ? 'left' : 'right',
      color: colors.ink,
      opacity: 1,
      fontSize: nameSize,
      fontFamily: 'inherit',
      ...halo,
      // A text would be searched for placeholders.
      formatter: () => text,
    },
  };
}

function limitLine({ value, name }: NonNullable<BarChart['limit']>): Record<string, unknown> {
  const shown = chartLabel(name, mostLegendCells);
  return {
    silent: true,
    symbol: 'none',
    // Behind the bars, and so behind what is written beside them.
    z: 1,
    lineStyle: { color: colors.ink, width: 1.5, type: 'solid' },
    label: {
      show: true,
      // The axis of names goes downwards: the line starts at the top.
      position: 'start',
      color: colors.ink,
      fontSize,
      fontFamily: 'inherit',
      formatter: () => shown,
    },
    data: [{ xAxis: value }],
  };
}
