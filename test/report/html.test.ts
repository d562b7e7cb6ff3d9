import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import {
  type Block,
  document,
  type Finding,
  heading,
  keyValues,
  note,
  type ReportBase,
  table,
  textBlock,
  toned,
} from '../../src/report/index.ts';
import { hostile } from './hostile-text.ts';

const report: ReportBase = {
  schema: 1,
  kind: 'demo',
  tool: { name: 'mlkit', version: '1.2.3' },
  config: { seed: 0 },
};

function page(blocks: readonly Block[], more: Partial<ReportBase> = {}, title = 'Demo'): string {
  return renderHtml({ ...report, ...more }, document(title, blocks));
}

/** The page without its own style and script, which hold `<` and quotes. */
function markup(html: string): string {
  return html
    .replace(/<style>[\s\S]*?<\/style>/, '<style></style>')
    .replace(/<script>[\s\S]*?<\/script>/, '<script></script>');
}

const voidElements = new Set(['meta', 'wbr', '!doctype', 'path', 'circle', 'rect']);

/** Names of all elements, in order; throws where tags do not match. */
function elements(html: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, slash, name = ''] of markup(html).matchAll(/<(\/?)([a-z!][a-z0-9]*)[^>]*>/gi)) {
    if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
    } else {
      names.push(name);
      if (!voidElements.has(name)) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  return names;
}

const everything = (text: string): readonly Block[] => [
  keyValues([[text, toned(text, 'bad')]], text),
  heading(text),
  table([text, { header: text, align: 'right' }], [[text, text], [text]], text),
  textBlock(text),
  note('info', text),
  keyValues([['a', 1]]),
  note('warning', `FAIL: ${text}`),
];

function findingWith(text: string): Finding {
  return {
    code: text,
    severity: 'error',
    at: { node: text },
    message: text,
    fix: text,
    help: text,
  };
}

describe('a page', () => {
  test('is well-formed, and hostile text makes no element and no attribute of it', () => {
    const build = (text: string): string =>
      page(
        everything(text),
        {
          verdict: 'fail',
          findings: [findingWith(text)],
          config: { text },
          model: { path: text, sizeBytes: 1 },
        },
        text,
      );
    const evil = build(hostile);
    const tame = build('tame/x');
    // `<wbr>` stands where long text may break.
    const shape = (html: string) => elements(html).filter((name) => name !== 'wbr');
    expect(shape(evil)).toEqual(shape(tame));
    expect(markup(evil).match(/<script/g)).toHaveLength(1);
    const attributes = [...markup(evil).matchAll(/<[a-z][^>]*>/g)].join(' ');
    expect(attributes.replace(/"[^"]*"/g, '""')).not.toMatch(/\son\w+=|src=/);
    expect(evil).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
    expect(evil).toContain('\\u202e\\x00\\x1b[31m');
  });

  test('allows its own style and script, by their hashes, and loads nothing', () => {
    const html = page([keyValues([['a', 1]])]);
    const hashes = ['style', 'script'].map((name) => {
      const [, text = ''] = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(html) ?? [];
      return `${name}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    });
    const [, policy = ''] =
      /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", ...hashes, "base-uri 'none'"]),
    );
    expect(html).not.toMatch(/https?:|@import|url\(|<link|\sstyle=/);
  });

  test('is the same every time', () => {
    const blocks = everything('x');
    expect(page(blocks)).toBe(page(blocks));
  });

  test('says its language, and what its tables and headers are', () => {
    const html = page([table(['a', 'b'], [['x', 1]], 'Nodes (1)')]);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('role="region" aria-label="Nodes" tabindex="0"');
    expect(html).toContain('<th scope="col">a</th>');
    expect(html).toContain('<th scope="row">x</th>');
  });
});

describe('contents', () => {
  test('lead to every titled part; equal titles have anchors of their own', () => {
    const html = page([
      keyValues([['k', 'v']], 'Facts'),
      heading('Details'),
      table(['a'], [['x']], 'Nodes (1)'),
      table(['a'], [['x']], 'Nodes (1)'),
      table(['a'], [['x']], '节点'),
    ]);
    const links = [...html.matchAll(/<li[^>]*><a href="#([^"]*)">([^<]*)</g)].map((found) =>
      found.slice(1),
    );
    expect(links).toEqual([
      ['facts', 'Facts'],
      ['details', 'Details'],
      ['nodes', 'Nodes'],
      ['nodes-2', 'Nodes'],
      ['section', '节点'],
    ]);
    for (const [anchor] of links) expect(html.split(`id="${anchor}"`)).toHaveLength(2);
  });

  test('are left out of short pages', () => {
    expect(page([table(['a'], [['x']], 'Nodes')])).not.toContain('<nav');
  });
});

describe('the verdict', () => {
  test.each([
    ['pass', 'Pass'],
    ['fail', 'Fail'],
    ['inconclusive', 'Inconclusive'],
  ] as const)('%s is a banner with what the last notes say', (verdict, word) => {
    const html = page([keyValues([['a', 1]]), note('error', 'FAIL: too far apart')], { verdict });
    expect(html).toContain(`<section class="verdict ${verdict}"`);
    expect(html).toContain(`<strong>${word}</strong><ul><li>too far apart</li></ul>`);
    expect(html.indexOf('too far apart')).toBeLessThan(html.indexOf('<dl>'));
    expect(html.split('too far apart')).toHaveLength(2);
  });

  test('without one, notes are notes', () => {
    const html = page([note('warning', 'w')]);
    expect(html).not.toContain('class="verdict');
    expect(html).toContain('<p class="note warning"><b>Warning</b> w</p>');
  });
});

describe('findings', () => {
  const findings: Finding[] = [
    { code: 'unused', severity: 'info', at: {}, message: 'nothing reads "w"' },
    {
      code: 'mismatch',
      severity: 'error',
      at: { node: 'conv', value: 'y' },
      message: 'the shapes differ',
      fix: 'Export again.',
      help: 'https://example.org/help',
      spec: 'error',
      runtime: 'rejects',
    },
  ];

  test('are all listed, worst first, and not told again by notes', () => {
    const html = page(
      [
        keyValues([['a', 1]]),
        note('error', 'the shapes differ. Export again.'),
        textBlock('and 1 more (--check lists all)'),
      ],
      { findings, verdict: 'fail' },
    );
    expect(html.split('the shapes differ')).toHaveLength(2);
    expect(html).not.toContain('--check lists all');
    expect(html.indexOf('the shapes differ')).toBeLessThan(html.indexOf('nothing reads'));
    expect(html).toContain('<span class="counts">1 error, 1 remark</span>');
    expect(html).toContain(
      '<a href="https://example.org/help" rel="noreferrer"><code>mismatch</code></a>',
    );
    expect(html).toContain('specification: violated · onnxruntime: does not load it');
    expect(html).toContain('<p class="fix">Export again.</p>');
    expect(html).toContain('node &quot;conv&quot;, value &quot;y&quot;');
  });

  test('a help that is no web address is no link', () => {
    const html = page([], { findings: [findingWith('javascript:alert(1)')] });
    expect(html).not.toMatch(/href="(?!#)/);
  });
});

describe('tables', () => {
  const numeric = { header: 'size', align: 'right' } as const;

  test('numbers carry what they are sorted by, and other cells nothing', () => {
    const html = page([
      table(
        ['name', numeric],
        [
          ['12x', '900 KiB'],
          ['b', '1.2 MiB'],
          ['c', 'n/a'],
        ],
      ),
    ]);
    expect([...html.matchAll(/data-value="([^"]*)"/g)].map((found) => Number(found[1]))).toEqual([
      921_600, 1_258_291.2,
    ]);
    expect(html).toContain('<th scope="col" class="num" data-numeric>size</th>');
    expect(html).toContain('<th scope="col">name</th>');
  });

  test('a row that stands for others stays at the end', () => {
    expect(page([table(['a', 'b'], [['x', 1], ['and 3 more']])])).toContain('<tr data-rest>');
  });

  test('only long ones can be filtered', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, i) => [`n${i}`]);
    expect(markup(page([table(['a'], rows(15))]))).not.toContain('data-filter');
    expect(markup(page([table(['a'], rows(16))]))).toContain('<table data-sortable data-filter>');
  });

  test('shares of a whole are drawn', () => {
    const html = page([
      table(
        ['a', numeric],
        [
          ['x', '25.0%'],
          ['y', '75.0%'],
        ],
      ),
    ]);
    expect(html).toContain('<rect width="25" height="1"/>');
    expect(page([table(['a', numeric], [['x', '120%']])])).not.toContain('<rect');
  });

  test('words with a tone are marks, sentences are not', () => {
    const html = page([table(['v'], [[toned('pass', 'good')], [toned('yes: all equal', 'good')]])]);
    expect(html).toContain('<span class="good badge">pass</span>');
    expect(html).toContain('<span class="good">yes: all equal</span>');
  });
});
