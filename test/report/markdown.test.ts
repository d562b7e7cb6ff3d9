import { describe, expect, test } from 'vitest';
import {
  document,
  heading,
  keyValues,
  note,
  table,
  textBlock,
  toned,
} from '../../src/report/index.ts';
import { escapeMarkdown, renderMarkdown } from '../../src/report/markdown.ts';

test('every kind of block', () => {
  const text = renderMarkdown(
    document('model.onnx', [
      keyValues([
        ['size', '1 KiB'],
        ['verdict', toned('FAIL', 'bad')],
      ]),
      heading('Detail'),
      table(['op', { header: 'n', align: 'right' }], [['Conv', 53], ['Gemm']], 'Operators'),
      note('warning', 'careful'),
      textBlock('a\n  b\n'),
    ]),
  );
  expect(text).toBe(`# model.onnx

- **size:** 1 KiB
- **verdict:** **FAIL**

## Detail

### Operators

| op | n |
| --- | --: |
| Conv | 53 |
| Gemm |  |

**Warning:** careful

\`\`\`text
a
  b
\`\`\`
`);
});

describe('escapeMarkdown', () => {
  test.each([
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['*bold*', '\\*bold\\*'],
    ['snake_case_name', 'snake_case_name'],
    ['__init__', '\\_\\_init\\_\\_'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['&lt;', '&amp;lt;'],
    ['a & b', 'a & b'],
    ['[x](http://y)', '\\[x\\](http://y)'],
    ['`code`', '\\`code\\`'],
    ['line\nbreak', 'line\\\\nbreak'],
    ['\u001b[2J', '\\\\x1b\\[2J'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });
});

test('a name cannot end its cell or its row', () => {
  const text = renderMarkdown(document('t', [table(['name', 'x'], [['a | b\n| c', 1]])]));
  const row = text.split('\n')[4] ?? '';
  expect(row.match(/(?<!\\)\|/g)).toHaveLength(3);
});

test('a code block cannot be closed from inside', () => {
  const text = renderMarkdown(document('t', [textBlock('````\nout')]));
  expect(text).toContain('`````text\n````\nout\n`````');
});

describe('a limit of bytes', () => {
  const long = table(
    ['a'],
    Array.from({ length: 100 }, (_, i) => [`row ${i}`]),
    'Long',
  );
  const blocks = [
    note('info', 'before'),
    long,
    long,
    textBlock('x'.repeat(2000)),
    note('info', 'after'),
  ];

  test('leaves out whole blocks, and says so once for each run of them', () => {
    const text = renderMarkdown(document('title', blocks), 500);
    expect(text.split('was left out')).toHaveLength(2);
    expect(text).toMatch(
      /^# title\n\n\*\*Note:\*\* before\n\n\*\*Note:\*\* A part .*\n\n\*\*Note:\*\* after\n$/,
    );
  });

  test.each([250, 500, 1500, 2000, 4000])('%i is kept', (most) => {
    const wide = [...blocks, ...blocks, note('info', '漢'.repeat(100))];
    expect(Buffer.byteLength(renderMarkdown(document('title', wide), most))).toBeLessThanOrEqual(
      most,
    );
  });

  test('changes nothing where all fits', () => {
    const page = document('title', blocks);
    expect(renderMarkdown(page, 100_000)).toBe(renderMarkdown(page));
  });
});
