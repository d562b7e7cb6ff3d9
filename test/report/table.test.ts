import { describe, expect, test } from 'vitest';
import { columnWidths } from '../../src/report/column-widths.ts';
import {
  type Block,
  document,
  heading,
  keyValues,
  note,
  table,
  textBlock,
  toned,
} from '../../src/report/index.ts';
import { plainStyle, renderText, type TextStyle } from '../../src/report/table.ts';
import { fitWidth, textWidth, wrapText } from '../../src/report/text-width.ts';

function render(blocks: readonly Block[], style: TextStyle = plainStyle): string {
  return renderText(document('title', blocks), style);
}

const operators = table(
  ['operator', { header: 'count', align: 'right' }, 'node'],
  [
    ['Conv', 53, 'conv1'],
    ['Gemm', 1, 'fc'],
  ],
  'Operators',
);

test('a table has a thin rule under its header and no boxes', () => {
  expect(render([operators])).toBe(
    `title

Operators
operator  count  node
────────  ─────  ─────
Conv         53  conv1
Gemm          1  fc
`,
  );
});

test('blocks are set apart, notes in a row and a heading with what follows are not', () => {
  const blocks = [
    keyValues([
      ['size', '1 KiB'],
      ['parameters', 12],
    ]),
    note('warning', 'first'),
    note('error', 'second'),
    note('info', 'third'),
    note('success', 'fourth'),
    heading('Text'),
    textBlock('line 1\n\tline 2\n'),
  ];
  expect(render(blocks)).toBe(
    `title

size        1 KiB
parameters  12

warning: first
error: second
note: third
ok: fourth

Text
line 1
	line 2
`,
  );
});

test('a table without rows keeps its header', () => {
  expect(render([table(['a', 'b'], [])])).toBe('title\n\na  b\n─  ─\n');
});

test('a row with too few cells is filled up', () => {
  expect(render([table(['a', 'b'], [['x']])])).toBe('title\n\na  b\n─  ─\nx\n');
});

test('tones are put around the text, padding stays outside', () => {
  const style: TextStyle = {
    color: (tone, text) => `\u001b[${tone === 'bad' ? 31 : 2}m${text}\u001b[0m`,
    width: null,
  };
  const text = render([table(['verdict', 'x'], [[toned('FAIL', 'bad'), 1]])], style);
  expect(text).toContain('\u001b[31mFAIL\u001b[0m     1\n');
});

const longName = '/model/encoder/layer.11/attention/self/query/MatMul_quantized_with_a_long_name';

describe('on a terminal', () => {
  const rows = [[longName, 1_234_567, 'a sentence of several words that goes on for a while']];
  const wideTable = table(['node', { header: 'bytes', align: 'right' }, 'reason'], rows);

  test.each([40, 60, 80, 100, 200])('no line is wider than %i columns', (width) => {
    const lines = render([wideTable], { ...plainStyle, width }).split('\n');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
  });

  test('what is wrapped is all there, and numbers are whole', () => {
    const text = render([wideTable], { ...plainStyle, width: 72 });
    const firstColumn = text
      .split('\n')
      .slice(4)
      .map((line) => line.slice(0, line.search(/ {2}|$/)))
      .join('');
    expect(firstColumn).toBe(longName);
    expect(text).toContain('1234567');
  });

  test('a cell that would fill the screen is cut with an ellipsis', () => {
    const text = render([table(['node'], [['x'.repeat(5000)]])], { ...plainStyle, width: 50 });
    expect(text.length).toBeLessThan(500);
    expect(text).toContain('…');
  });
});

describe('a table that would be cramped becomes records', () => {
  const right = (header: string) => ({ header, align: 'right' }) as const;
  const stats = table(
    ['constant', 'type', 'shape', right('size'), right('min'), right('zeros'), 'role'],
    [
      ['encoder.layer.0.weight', 'float32', '[768, 768]', '2.25 MiB', '-0.8999', '0', ''],
      ['ids', 'int64', '[2]', '16 B', '-1', '12', 'index'],
    ],
    'Constants',
  );

  test('values stay whole and stand below each other', () => {
    expect(render([stats], { ...plainStyle, width: 60 })).toBe(`title

Constants
encoder.layer.0.weight
  type float32  shape [768, 768]  size 2.25 MiB  min -0.8999
  zeros 0
ids
  type int64    shape [2]         size 16 B      min -1
  zeros 12  role index
`);
  });

  test('with room for all, it stays a table', () => {
    expect(render([stats], { ...plainStyle, width: 90 })).toContain('────');
    expect(render([stats])).toContain('────');
  });

  test('long values have lines of their own, below each other and with their header', () => {
    const wide = 'x: float32[1, 128, 768], w: float32[768, 768], b: float32[768]';
    const nodes = table(['op', 'name', 'inputs', 'outputs'], [['Gemm', 'fc', wide, wide]]);
    expect(render([nodes], { ...plainStyle, width: 50 })).toBe(`title

Gemm
  name     fc
  inputs   x: float32[1, 128, 768],
           w: float32[768, 768], b: float32[768]
  outputs  x: float32[1, 128, 768],
           w: float32[768, 768], b: float32[768]
`);
  });

  test('columns without a value give way first', () => {
    const rows = [['encoder.layer.0.weight', '', '1,234,567', '']];
    const text = render([table(['name', 'role of it', right('bytes'), 'where'], rows)], {
      ...plainStyle,
      width: 36,
    });
    expect(text).toContain('encoder.layer.0.weight  1,234,567');
    expect(text).not.toContain('role of it');
  });

  test.each([12, 20, 40, 60])('no line is wider than %i', (width) => {
    const long = table(['a'.repeat(50), 'b'.repeat(50), 'c'], [[longName, longName, longName]]);
    const lines = render([stats, long], { ...plainStyle, width }).split('\n');
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
  });

  test('a value that would fill the screen is cut', () => {
    const text = render(
      [table(['a', 'b', right('c')], [['x'.repeat(900), 'y'.repeat(900), '1'.repeat(90)]])],
      {
        ...plainStyle,
        width: 40,
      },
    );
    expect(text.split('\n').length).toBeLessThan(25);
    expect(text).toContain('…');
  });
});

test('without a terminal, nothing is cut', () => {
  const text = render([table(['node', 'x'], [['n'.repeat(5000), 1]])]);
  expect(text.match(/n{5,}/g)?.join('')).toBe('n'.repeat(5000));
  expect(text).not.toContain('…');
  expect(render([table(['node', 'x'], [[longName, 'y']])])).toContain(`${longName}  y`);
});

test('control characters are shown, wherever the text stands', () => {
  const evil = 'a\u001b]0;owned\u0007\u009b2J\r\nb\u202ec';
  const shown = 'a\\x1b]0;owned\\x07\\x9b2J\\r\\nb\\u202ec';
  const blocks = [
    heading(evil),
    keyValues([[evil, evil]], evil),
    table([evil], [[evil]], evil),
    note('info', evil),
    textBlock(evil),
  ];
  const text = renderText(document(evil, blocks), plainStyle);
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  expect(text.split(shown)).toHaveLength(10);
  expect(text).toContain('a\\x1b]0;owned\\x07\\x9b2J\nb\\u202ec');
});

test('many rows take time in proportion', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => [`node_${i}`, i, 'x']);
  const lines = render([table(['node', 'i', 'x'], rows)]).split('\n');
  expect(lines[4 + 2999]).toBe('node_2999  2999  x');
});

describe('columnWidths', () => {
  const flexible = (natural: number) => ({ natural, flexible: true });
  const fixed = (natural: number) => ({ natural, flexible: false });

  test.each([
    ['all fit', [flexible(10), fixed(5)], 15, [10, 5]],
    ['no limit', [flexible(1000)], null, [1000]],
    ['the widest gives way first', [flexible(50), flexible(10), fixed(5)], 40, [25, 10, 5]],
    ['equals share', [flexible(50), flexible(50)], 40, [20, 20]],
    ['fixed ones give way when they must', [flexible(50), fixed(50)], 40, [20, 20]],
    ['never narrower than six', [flexible(50), flexible(50), fixed(50)], 9, [6, 6, 6]],
  ])('%s', (_name, needs, room, widths) => {
    expect(columnWidths(needs, room)).toEqual(widths);
  });
});

describe('text width', () => {
  test.each([
    ['abc', 3],
    ['漢字', 4],
    ['e\u0301', 1],
    ['한국', 4],
    ['🚀', 2],
    ['', 0],
  ])('%s takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test('fitWidth never splits a character, and takes at least one', () => {
    expect(fitWidth('漢字', 3)).toBe('漢');
    expect(fitWidth('🚀🚀', 1)).toBe('🚀');
    expect(fitWidth('abc', 0)).toBe('a');
  });

  test.each([
    ['one two three', 8, ['one two', 'three']],
    ['/model/layer/conv', 10, ['/model/', 'layer/conv']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['漢字漢字', 4, ['漢字', '漢字']],
    ['weights, w: float[1, 3]', 20, ['weights,', 'w: float[1, 3]']],
    ['[1, 2, 3, 4, 5]', 8, ['[1, 2,', '3, 4, 5]']],
    ['short', 10, ['short']],
  ])('%s wraps at %i', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });

  test('a megabyte wraps within a moment', () => {
    const start = performance.now();
    expect(wrapText('x'.repeat(1_000_000), 20)).toHaveLength(50_000);
    expect(wrapText('漢'.repeat(200_000), 20)).toHaveLength(20_000);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
