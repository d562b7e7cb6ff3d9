import type { Tone } from './document.ts';

/** An axis in powers of ten, with a place for zero at its lower edge if a point is there. */
export interface LogAxis {
  readonly label: string;
  readonly unit?: string;
}

export interface ScatterPoint {
  /** 0 or more. */
  readonly x: number;
  /** 0 or more. */
  readonly y: number;
  /** The area of the point is proportional to it, from a least size on; default: all are alike. */
  readonly weight?: number;
  /** Written beside the point. */
  readonly label?: string;
}

export interface ScatterSeries {
  readonly name: string;
  readonly tone?: Tone;
  readonly points: readonly ScatterPoint[];
}

/** A line to read points against, such as a tolerance. */
export interface ReferenceLine {
  /** A word or two, at the right end of the line. */
  readonly name: string;
  readonly tone?: Tone;
  readonly isDashed?: boolean;
  /** By increasing x, all greater than 0; on both axes as points are, and straight between them. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Points over two axes in powers of ten. */
export interface ScatterChart {
  readonly kind: 'scatter';
  readonly x: LogAxis;
  readonly y: LogAxis;
  /** Named in a legend where there are several. */
  readonly series: readonly ScatterSeries[];
  /** Are drawn as far as the points reach, and over the last two powers of ten of x in any case. */
  readonly lines?: readonly ReferenceLine[];
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is written beside the bar; default: the value. */
  readonly text?: string;
  readonly tone?: Tone;
}

/** One bar below the other, their labels at the left: names in models are too long to stand below bars. */
export interface BarChart {
  readonly kind: 'bars';
  /** What the values are. */
  readonly label: string;
  readonly unit?: string;
  readonly bars: readonly Bar[];
  /** What the tones of bars mean, for the legend; `plain` are those without one. */
  readonly tones?: Partial<Readonly<Record<Tone | 'plain', string>>>;
  /** A value to read the bars against, and its name. */
  readonly limit?: { readonly value: number; readonly name: string };
}

/** A picture of what the report tells in numbers. Only formats that can draw show it. */
export interface ChartBlock {
  readonly kind: 'chart';
  readonly title: string;
  /** What it shows, in a sentence or more: its caption, and what is read out where it is not seen. */
  readonly summary: string;
  readonly chart: ScatterChart | BarChart;
}

/** More points than this in a chart are too many to draw: the maker puts some together. */
export const mostPoints: number = 2000;

/** More bars than this are too many to read: the maker leaves some out. */
export const mostBars: number = 60;

/**
 * A chart as a block of a document.
 *
 * @throws {RangeError} of what cannot be drawn: too many points or bars, none at all, values that are
 * not finite, and coordinates below zero.
 */
export function chart(
  title: string,
  summary: string,
  content: ScatterChart | BarChart,
): ChartBlock {
  if (content.kind === 'bars') checkBars(content);
  else checkScatter(content);
  return { kind: 'chart', title, summary, chart: content };
}

function checkBars({ bars, limit }: BarChart): void {
  checkCount(bars.length, mostBars, 'bars');
  const values = limit === undefined ? bars : [...bars, limit];
  if (!values.every(({ value }) => Number.isFinite(value))) {
    throw new RangeError('a bar has a finite length');
  }
}

function checkScatter({ series, lines = [] }: ScatterChart): void {
  const points = series.flatMap((each) => each.points);
  checkCount(points.length, mostPoints, 'points');
  const isPlace = (value: number): boolean => Number.isFinite(value) && value >= 0;
  if (!points.every(({ x, y, weight = 1 }) => isPlace(x) && isPlace(y) && isPlace(weight))) {
    throw new RangeError('points and their weights are finite and not negative');
  }
  const isOnAxes = (value: number): boolean => isPlace(value) && value > 0;
  if (!lines.every((line) => line.points.every(({ x, y }) => isOnAxes(x) && isOnAxes(y)))) {
    throw new RangeError('lines are drawn through finite points above zero');
  }
}

function checkCount(count: number, most: number, what: string): void {
  if (count === 0 || count > most)
    throw new RangeError(`a chart has 1 to ${most} ${what}: ${count}`);
}
