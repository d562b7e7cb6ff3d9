import type { Tone } from './document.ts';

/** What the drawing library is told of a chart: its options, for a drawing of this size. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly option: Readonly<Record<string, unknown>>;
}

/** Pixels across; the page scales the drawing, and so its letters, a little. */
export const chartWidth: number = 840;

export const fontSize: number = 12;

/** Colours are the page's, so that a chart is light or dark as the page is. */
export const colors = {
  ink: 'var(--ink)',
  soft: 'var(--soft)',
  line: 'var(--line)',
  mark: 'var(--accent)',
} as const;

const toneColors: Readonly<Record<Tone, string>> = {
  good: 'var(--good)',
  bad: 'var(--bad)',
  warn: 'var(--warn)',
  dim: 'var(--soft)',
  strong: 'var(--ink)',
};

export function colorOf(tone: Tone | undefined): string {
  return tone === undefined ? colors.mark : toneColors[tone];
}

/** What all charts have in common. */
export const commonOption: Readonly<Record<string, unknown>> = {
  animation: false,
  color: [colors.mark],
  textStyle: { fontFamily: 'inherit', fontSize, color: colors.ink },
};

/** Of an axis; a name stands beside its middle. */
export function axisOption(
  name: string,
  nameGap: number,
  tick: (value: number) => string,
): Record<string, unknown> {
  return {
    type: 'value',
    name,
    nameGap,
    nameLocation: 'middle',
    nameTextStyle: { color: colors.soft, fontSize, fontFamily: 'inherit' },
    axisLabel: { color: colors.soft, fontSize, fontFamily: 'inherit', margin: 14, formatter: tick },
    axisLine: { show: true, onZero: false, lineStyle: { color: colors.soft } },
    axisTick: { show: true, lineStyle: { color: colors.soft } },
    splitLine: { show: true, lineStyle: { color: colors.line } },
  };
}

/** Letters that stay legible where a line passes behind them. */
export const halo = { textBorderColor: 'var(--card)', textBorderWidth: 3 } as const;

/** Above the drawing, at its left. */
export function legendOption(names: readonly string[], left: number): Record<string, unknown> {
  return {
    show: names.length > 0,
    data: names,
    left,
    top: 0,
    itemWidth: 12,
    itemHeight: 12,
    itemGap: 30,
    selectedMode: false,
    textStyle: { color: colors.ink, fontSize, fontFamily: 'inherit' },
  };
}

/** `magnitude (mV)` */
export function axisName(label: string, unit: string | undefined): string {
  return unit === undefined ? label : `${label} (${unit})`;
}
