import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartSvg } from '../../src/report/chart-svg.ts';
import {
  type BarChart,
  chart,
  mostBars,
  mostPoints,
  type ScatterChart,
} from '../../src/report/index.ts';
import { hostile } from './hostile-text.ts';
import { allElements, parseXml, type XmlElement } from './parse-xml.ts';

const scatter = (more: Partial<ScatterChart> = {}): ScatterChart => ({
  kind: 'scatter',
  x: { label: 'magnitude', unit: 'mV' },
  y: { label: 'error' },
  series: [{ name: 'a', points: [{ x: 1, y: 1 }] }],
  ...more,
});

const bars = (more: Partial<BarChart> = {}): BarChart => ({
  kind: 'bars',
  label: 'SQNR',
  unit: 'dB',
  bars: [{ label: 'conv', value: 30 }],
  ...more,
});

function draw(content: ScatterChart | BarChart, title = 'Title', summary = 'Summary.'): string {
  return chartSvg(chart(title, summary, content), 'chart-1');
}

function parsed(content: ScatterChart | BarChart): XmlElement[] {
  return allElements(parseXml(draw(content)));
}

function named(elements: readonly XmlElement[], name: string): XmlElement[] {
  return elements.filter((each) => each.name === name);
}

function number(element: XmlElement | undefined, attribute: string): number {
  return Number(element?.attributes[attribute]);
}

function texts(elements: readonly XmlElement[]): string[] {
  return named(elements, 'text').map(({ text }) => text);
}

/** Where a text is, `[x, y]`; of texts on both axes, the one on the lower. */
function placeOf(elements: readonly XmlElement[], text: string): number[] {
  const found = named(elements, 'text').findLast((each) => each.text === text);
  return [...(found?.attributes['transform'] ?? '').matchAll(/-?[\d.]+/g)].map(Number);
}

interface BarShape {
  readonly left: number;
  readonly width: number;
  readonly top: number;
}

/** The bars, from the top; a bar that goes to the left has a negative width. */
function barShapes(elements: readonly XmlElement[]): BarShape[] {
  return elements
    .flatMap(({ attributes }) => {
      const form = /^M([\d.-]+) ([\d.-]+)l([\d.-]+) 0l0 13l/.exec(attributes['d'] ?? '');
      return form === null ? [] : [form.slice(1).map(Number)];
    })
    .map(([left = NaN, top = NaN, width = NaN]) => ({ left, top, width }))
    .toSorted((a, b) => a.top - b.top);
}

describe('a scatter', () => {
  const points = [
    { x: 0.001, y: 1e-8, weight: 1 },
    { x: 0.1, y: 1e-7, weight: 4 },
    { x: 10, y: 1e-6, weight: 16 },
  ];
  // The greatest weight is drawn first, below the others.
  const circles = named(
    parsed(scatter({ series: [{ name: 'a', points }] })),
    'circle',
  ).toReversed();

  test('has a circle for each point, placed by the logarithms, whose area is the weight', () => {
    const [first, second, third] = circles;
    expect(circles).toHaveLength(3);
    const across = (a?: XmlElement, b?: XmlElement) => number(b, 'cx') - number(a, 'cx');
    const up = (a?: XmlElement, b?: XmlElement) => number(a, 'cy') - number(b, 'cy');
    expect(across(first, second)).toBeGreaterThan(50);
    expect(across(second, third)).toBeCloseTo(across(first, second), 1);
    expect(up(first, second)).toBeGreaterThan(50);
    expect(up(second, third)).toBeCloseTo(up(first, second), 1);
    expect(number(third, 'r') / number(second, 'r')).toBeCloseTo(2, 2);
    expect(number(second, 'r') / number(first, 'r')).toBeCloseTo(2, 2);
  });

  test('stands on its ticks', () => {
    const elements = parsed(scatter({ series: [{ name: 'a', points }] }));
    const [middle] = placeOf(elements, '10⁻¹');
    expect(number(circles[1], 'cx')).toBeCloseTo(middle ?? NaN, 0);
    const [, level] = placeOf(elements, '10⁻⁷');
    expect(number(circles[1], 'cy')).toBeCloseTo(level ?? NaN, 0);
    expect(texts(elements)).toContain('magnitude (mV)');
  });

  test('has zeros at its edges, at a tick that says so', () => {
    const elements = parsed(
      scatter({
        series: [
          {
            name: 'a',
            points: [
              { x: 0, y: 1e-7 },
              { x: 1, y: 0 },
              { x: 1, y: 1e-7 },
            ],
          },
        ],
      }),
    );
    const [atLeft, atBottom, inside] = named(elements, 'circle');
    expect(texts(elements).filter((text) => text === '0')).toHaveLength(2);
    expect(number(atLeft, 'cx')).toBeCloseTo(placeOf(elements, '0')[0] ?? NaN, 0);
    expect(number(atLeft, 'cx')).toBeLessThan(number(inside, 'cx') - 50);
    expect(number(atBottom, 'cy')).toBeGreaterThan(number(inside, 'cy') + 50);
  });

  test('draws lines to the right edge, and names them there', () => {
    const ends = [
      { x: 1e-9, y: 1e-14 },
      { x: 1e9, y: 1e4 },
    ];
    const lines = [{ name: 'tolerance', points: ends }];
    const elements = parsed(scatter({ series: [{ name: 'a', points }], lines }));
    const path = elements.find(({ attributes }) => attributes['stroke-width'] === '1.5');
    const [left, bottom, right, top] = [...(path?.attributes['d'] ?? '').matchAll(/[\d.]+/g)].map(
      Number,
    );
    // y = x / 10⁵: from the lowest and leftmost point to the right, far above all points.
    expect(left).toBeCloseTo(placeOf(elements, '10⁻³')[0] ?? NaN, 0);
    expect(bottom).toBeCloseTo(placeOf(elements, '10⁻⁸')[1] ?? NaN, 0);
    expect(top).toBeCloseTo(placeOf(elements, '10⁻⁴')[1] ?? NaN, 0);
    expect(right).toBeCloseTo(placeOf(elements, '10')[0] ?? NaN, 0);
    const [labelX = NaN, labelY] = placeOf(elements, 'tolerance');
    expect(labelX).toBeGreaterThan(right ?? NaN);
    expect(labelY).toBeCloseTo(top ?? NaN, 0);
  });

  test('makes room for the last two decades of a line that is far from all points', () => {
    const lowPoints = [1e-6, 10].map((x) => ({ x, y: 1 }));
    const ends = [
      { x: 1e-6, y: 1e-13 },
      { x: 10, y: 1e-6 },
    ];
    const lines = [{ name: '1 ULP', points: ends }];
    const elements = parsed(scatter({ series: [{ name: 'a', points: lowPoints }], lines }));
    const path = elements.find(({ attributes }) => attributes['stroke-width'] === '1.5');
    const [left, bottom] = [...(path?.attributes['d'] ?? '').matchAll(/[\d.]+/g)].map(Number);
    expect(left).toBeCloseTo(placeOf(elements, '10⁻¹')[0] ?? NaN, 0);
    expect(bottom).toBeCloseTo(placeOf(elements, '10⁻⁸')[1] ?? NaN, 0);
  });

  test('names its series where there are several, each with its own mark', () => {
    const one = { name: 'inside', points: [{ x: 1, y: 1 }] };
    const two = { name: 'outside', tone: 'bad', points: [{ x: 2, y: 2 }] } as const;
    expect(texts(parsed(scatter({ series: [one] })))).not.toContain('inside');
    const both = parsed(scatter({ series: [one, two] }));
    expect(texts(both)).toEqual(expect.arrayContaining(['inside', 'outside']));
    // The point and the mark in the legend are of one form and colour, and of another than the others.
    const marksOf = (color: string) =>
      both.filter(({ name, attributes }) => name !== 'g' && attributes['fill'] === color);
    const [point, mark] = marksOf('var(--bad)').map(({ attributes }) => attributes['d'] ?? '');
    expect(point).toBe('M0 -1L1 0L0 1L-1 0Z');
    expect(mark).toMatch(/^M6 0L12 6L6 12L0 6Z$/);
    expect(marksOf('var(--accent)')).toHaveLength(2);
    expect(named(both, 'circle')).toHaveLength(1);
  });

  test('series of one name are all drawn', () => {
    const series = [1, 2, 3].map((x) => ({ name: 'a', points: [{ x, y: 1 }] }));
    const marks = parsed(scatter({ series })).filter(
      ({ attributes }) => attributes['transform']?.startsWith('matrix(4') === true,
    );
    expect(marks).toHaveLength(2);
    expect(texts(parsed(scatter({ series }))).filter((text) => text.startsWith('a'))).toHaveLength(
      3,
    );
  });

  test('takes every number that there is', () => {
    const extremes = [5e-324, 1, Number.MAX_VALUE].map((value) => ({ x: value, y: value }));
    const elements = parsed(scatter({ series: [{ name: 'a', points: extremes }] }));
    expect(named(elements, 'circle')).toHaveLength(3);
    const ticks = texts(elements).filter((text) => text.startsWith('10'));
    expect(ticks.length).toBeLessThan(26);
  });
});

describe('bars', () => {
  test('are as long as their values, in their order, with both written beside them', () => {
    const values = [30, 15, 7.5, 0, -15];
    const elements = parsed(
      bars({ bars: values.map((value, at) => ({ label: `/layer${at}/Conv`, value })) }),
    );
    const shapes = barShapes(elements);
    const [first = 0, ...others] = shapes.map(({ width }) => width);
    expect(shapes).toHaveLength(5);
    expect(new Set(shapes.map(({ left }) => left)).size).toBe(1);
    const shares = others.map((width) => Number((width / first).toFixed(2)));
    expect(shares).toEqual([0.5, 0.25, 0, -0.5]);
    const names = texts(elements).filter((text) => text.startsWith('/layer'));
    expect(names).toEqual([0, 1, 2, 3, 4].map((at) => `/layer${at}/Conv`));
    const heights = names.map((name) => placeOf(elements, name)[1] ?? NaN);
    expect(shapes.map(({ top }) => top + 6.5)).toEqual(heights);
    expect(texts(elements)).toEqual(expect.arrayContaining(['7.5', '-15', 'SQNR (dB)']));
  });

  test('of one label are as many', () => {
    const same = Array.from({ length: 3 }, (_, at) => ({ label: 'conv', value: at + 1 }));
    expect(barShapes(parsed(bars({ bars: same })))).toHaveLength(3);
  });

  test('may say something else than their value', () => {
    const elements = parsed(bars({ bars: [{ label: 'conv', value: 0, text: '-∞' }] }));
    expect(texts(elements)).toContain('-∞');
  });

  test('have a line at the limit', () => {
    const elements = parsed(bars({ limit: { value: 20, name: 'limit 20 dB' } }));
    const [x] = placeOf(elements, 'limit 20 dB');
    const [tick] = placeOf(elements, '20');
    const line = elements.find(({ attributes }) => attributes['stroke-width'] === '1.5');
    expect(x).toBe(tick);
    const [from, to] = [...(line?.attributes['d'] ?? '').matchAll(/[ML]([\d.]+) /g)].map((found) =>
      Number(found[1]),
    );
    expect(Math.abs((x ?? NaN) - Number(from))).toBeLessThan(1);
    expect(to).toBe(from);
  });

  test('say what their tones mean, of those that are there', () => {
    const tones = { plain: 'within', bad: 'diverged', warn: 'odd' };
    const elements = parsed(
      bars({
        bars: [
          { label: 'a', value: 1 },
          { label: 'b', value: 2, tone: 'bad' },
        ],
        tones,
      }),
    );
    expect(texts(elements)).toEqual(expect.arrayContaining(['within', 'diverged']));
    expect(texts(elements)).not.toContain('odd');
    expect(elements.map(({ attributes }) => attributes['fill'])).toContain('var(--bad)');
  });
});

describe('a drawing', () => {
  const longNames = Array.from({ length: mostBars }, (_, at) => ({
    label: `/model/${'x'.repeat(10_000)}/${at}`,
    value: at + 0.123,
    text: 'y'.repeat(10_000),
  }));
  const manyPoints = Array.from({ length: mostPoints }, (_, at) => ({
    x: 10 ** (at / 300),
    y: 10 ** (-at / 400),
    weight: at,
  }));
  const everything = (text: string): (ScatterChart | BarChart)[] => [
    bars({
      label: text,
      unit: undefined as never,
      bars: [
        { label: text, value: 1, text, tone: 'bad' },
        { label: 'b', value: 2 },
      ],
      tones: { bad: text, plain: text },
      limit: { value: 1, name: text },
    }),
    scatter({
      x: { label: text },
      y: { label: text },
      series: [
        { name: text, points: [{ x: 1, y: 1, label: text }] },
        { name: text, points: [{ x: 1, y: 1 }] },
      ],
      lines: [
        {
          name: text,
          points: [
            { x: 1, y: 1 },
            { x: 2, y: 2 },
          ],
        },
      ],
    }),
  ];

  test.each([
    ['of markup', hostile],
    ['of prototypes', '__proto__'],
    ['of constructors', 'constructor'],
    ['of templates', '{a|b}{b}{c}{@value}${x}%s'],
    ['of lines', 'a\nb\r\n\tc'],
    ['that turn text round', '\u202eabc\u2066'],
    ['of what is no character', '\ud800 \udc00 \uffff'],
    ['of marks', '\u0301'.repeat(9000)],
    ['of wide characters', '漢字'.repeat(2000)],
    ['of joined characters', '👩‍👩‍👧‍👦'.repeat(300)],
    ['that are blank', ' '],
    ['that are empty', ''],
  ])('stays what it is with names %s', (_, text) => {
    for (const [at, content] of everything(text).entries()) {
      const svg = draw(content, text, text);
      const shape = (xml: string) => allElements(parseXml(xml)).map(({ name }) => name);
      const tame = everything('tame')[at] as ScatterChart | BarChart;
      expect(shape(svg).filter((name) => name !== 'g')).toEqual(
        shape(draw(tame, 'tame', 'tame')).filter((name) => name !== 'g'),
      );
      expect(svg).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      expect(svg.length).toBeLessThan(20_000);
    }
  });

  test('writes to nothing that every object inherits, whatever names are', () => {
    const keys = () => [Object.prototype, Object, Function.prototype].flatMap(Reflect.ownKeys);
    const before = keys();
    for (const name of before.filter((key) => typeof key === 'string')) {
      for (const content of everything(name)) draw(content, name, name);
    }
    expect(keys()).toEqual(before);
  });

  test('takes texts for no templates', () => {
    const elements = parsed(
      bars({ bars: [{ label: '{value} {a|x}', value: 1, text: '{c} {b}' }] }),
    );
    expect(texts(elements)).toEqual(expect.arrayContaining(['{value} {a|x}', '{c} {b}']));
  });

  test('is not large', () => {
    expect(draw(scatter({ series: [{ name: 'a', points: manyPoints }] })).length).toBeLessThan(
      200_000,
    );
    expect(draw(bars({ bars: longNames })).length).toBeLessThan(200_000);
    expect(
      named(parsed(scatter({ series: [{ name: 'a', points: manyPoints }] })), 'circle'),
    ).toHaveLength(mostPoints);
    expect(barShapes(parsed(bars({ bars: longNames })))).toHaveLength(mostBars);
  });

  test('is the same every time, but for the ids', () => {
    const contents = everything('x').map((content) => chart('t', 's', content));
    const first = contents.map((each) => chartSvg(each, 'chart-1'));
    expect(contents.map((each) => chartSvg(each, 'chart-1'))).toEqual(first);
    expect(
      contents.map((each) => chartSvg(each, 'chart-2').replaceAll('chart-2_', 'chart-1_')),
    ).toEqual(first);
  });

  test('has the colours of the page, and no style, class, script or reference', () => {
    for (const content of everything('x')) {
      const elements = parsed(content);
      const colors = elements.flatMap(({ attributes }) =>
        [attributes['fill'], attributes['stroke']].filter((each) => each !== undefined),
      );
      expect(colors.length).toBeGreaterThan(10);
      for (const color of colors) expect(color).toMatch(/^(none|var\(--[a-z]+\))$/);
      const used = new Set(elements.flatMap(({ attributes }) => Object.keys(attributes)));
      for (const name of used) expect(name).not.toMatch(/^(on|style$|class$|href|xlink|src)/);
      expect(new Set(elements.map(({ name }) => name))).not.toContain('style');
      expect(draw(content)).not.toMatch(/url\(|https?:/);
    }
  });

  test('uses variables that the page has', () => {
    const style = readFileSync(new URL('../../src/report/html-style.ts', import.meta.url), 'utf8');
    const drawings = everything('x')
      .map((content) => draw(content))
      .join('');
    for (const [, name = ''] of drawings.matchAll(/var\((--[a-z]+)\)/g)) {
      expect(style).toContain(`  ${name}: `);
    }
  });

  test('is an image with a name and a description', () => {
    const root = parseXml(draw(bars(), 'SQNR by layer', 'Two <layers>.'));
    expect(root.attributes['role']).toBe('img');
    const [title, description] = root.children;
    expect([title?.name, title?.text]).toEqual(['title', 'SQNR by layer']);
    expect([description?.name, description?.text]).toEqual(['desc', 'Two <layers>.']);
    expect(root.attributes['aria-labelledby']).toBe(
      `${title?.attributes['id']} ${description?.attributes['id']}`,
    );
  });

  test('says nothing on the console', () => {
    // Put back by hand: vitest's own console, which files of a process share, bears no spy.
    const names = ['log', 'warn', 'error', 'info'] as const;
    const originals = names.map((name) => [name, console[name]] as const);
    const said: unknown[] = [];
    try {
      for (const name of names) console[name] = (...words: unknown[]) => void said.push(...words);
      for (const content of everything('x')) draw(content);
    } finally {
      for (const [name, original] of originals) console[name] = original;
    }
    expect(said).toEqual([]);
  });
});

describe('chart', () => {
  const point = (x: number, y = 1, weight = 1) =>
    scatter({ series: [{ name: 'a', points: [{ x, y, weight }] }] });

  test.each([
    bars({ bars: [] }),
    bars({ bars: Array.from({ length: mostBars + 1 }, () => ({ label: 'a', value: 1 })) }),
    bars({ bars: [{ label: 'a', value: Infinity }] }),
    bars({ limit: { value: NaN, name: 'x' } }),
    scatter({ series: [] }),
    scatter({
      series: [
        { name: 'a', points: Array.from({ length: mostPoints + 1 }, () => ({ x: 1, y: 1 })) },
      ],
    }),
    point(-1),
    point(1, NaN),
    point(1, 1, Infinity),
    scatter({ lines: [{ name: 'x', points: [{ x: 0, y: 1 }] }] }),
  ])('refuses what cannot be drawn (%#)', (content) => {
    expect(() => chart('t', 's', content)).toThrow(RangeError);
  });
});
