import { describe, expect, test } from 'vitest';
import {
  type Block,
  chart,
  document,
  heading,
  note,
  pageTitled,
  type ReportFormat,
  renderReport,
  table,
} from '../../src/report/index.ts';
import { plainStyle } from '../../src/report/table.ts';
import { allElements, parseXml } from './parse-xml.ts';

const report = {
  schema: 1,
  kind: 'demo',
  tool: { name: 'mlkit', version: '1.2.3' },
  config: {},
} as const;

const speed = chart('Speed', 'How fast <each> is.', {
  kind: 'bars',
  label: 'speed',
  bars: [
    { label: 'a', value: 1 },
    { label: '<b>', value: 2 },
  ],
});

const errors = chart('Errors', 'How far each is off.', {
  kind: 'scatter',
  x: { label: 'magnitude' },
  y: { label: 'error' },
  series: [{ name: 'all', points: [{ x: 1, y: 1e-6 }] }],
});

async function render(format: ReportFormat, blocks: readonly Block[]): Promise<string> {
  return renderReport(report, () => document('Demo', blocks), format, plainStyle);
}

describe('a page', () => {
  const blocks = [heading('Charts'), speed, errors, note('info', 'the end')];

  test('has each chart under its title, with its summary below', async () => {
    const html = await render('html', blocks);
    const figures = [...html.matchAll(/<figure class="chart">[\s\S]*?<\/figure>/g)].map(String);
    expect(figures).toHaveLength(2);
    expect(html).toMatch(/<h3>Speed<a [^>]*>#<\/a><\/h3>\s*<figure/);
    expect(html).toContain('<a href="#speed">Speed</a>');
    const [figure, region, drawing] = allElements(parseXml(figures[0] ?? ''));
    expect(figure?.children.at(-1)?.text).toBe('How fast <each> is.');
    expect(region?.attributes).toEqual({
      role: 'region',
      'aria-label': 'Chart: Speed',
      tabindex: '0',
    });
    expect(drawing?.name).toBe('svg');
  });

  test('has ids that are in it once', async () => {
    const html = await render('html', [...blocks, speed, heading('chart 1 title')]);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((found) => found[1]);
    expect(ids.filter((id) => id?.includes('_'))).toHaveLength(6);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is the same every time', async () => {
    expect(await render('html', blocks)).toBe(await render('html', blocks));
  });

  test('needs nothing that its policy forbids', async () => {
    const html = await render('html', blocks);
    expect(html).not.toMatch(/\sstyle=|\son\w+=|url\(|https?:|<image|<use|xlink/);
  });
});

test.each(['table', 'markdown'] as const)('%s leaves charts out', async (format) => {
  const others = [heading('Before'), note('info', 'after')];
  const [before, after] = others as [Block, Block];
  expect(await render(format, [before, speed, errors, after])).toBe(await render(format, others));
});

describe('a table with a name for pages', () => {
  const outputs = table(['output'], [['logits']]);

  test('has a heading there, and a place in the contents', async () => {
    const html = await render('html', [pageTitled(outputs, 'Outputs'), heading('a'), heading('b')]);
    expect(html).toMatch(/<section id="outputs"><h2>Outputs</);
    expect(html).toContain('<a href="#outputs">Outputs</a>');
    expect(html).toContain('role="region" aria-label="Outputs"');
  });

  test.each(['table', 'markdown'] as const)('has none in %s', async (format) => {
    expect(await render(format, [pageTitled(outputs, 'Outputs')])).toBe(
      await render(format, [outputs]),
    );
  });
});
