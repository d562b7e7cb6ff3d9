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
