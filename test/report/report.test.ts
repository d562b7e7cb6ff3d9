import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  countBySeverity,
  document,
  locationText,
  note,
  type ReportBase,
  renderReport,
  reportFileFormat,
  reportFormats,
  toolInfo,
} from '../../src/report/index.ts';
import { plainStyle } from '../../src/report/table.ts';

const report: ReportBase = { schema: 1, kind: 'demo', tool: toolInfo(), config: { seed: 0 } };

test('toolInfo names the package', () => {
  const url = new URL('../../package.json', import.meta.url);
  const { name, version } = JSON.parse(readFileSync(url, 'utf8')) as Record<string, unknown>;
  expect(toolInfo()).toEqual({ name, version });
});

describe('renderReport', () => {
  const page = () => document('Demo', [note('info', 'hello')]);

  test('table', async () => {
    expect(await renderReport(report, page, 'table', plainStyle)).toBe('Demo\n\nnote: hello\n');
  });

  test('markdown', async () => {
    const text = await renderReport(report, async () => page(), 'markdown', plainStyle);
    expect(text).toBe('# Demo\n\n**Note:** hello\n');
  });

  test('json does not ask for the document', async () => {
    const never = () => {
      throw new Error('asked');
    };
    expect(JSON.parse(await renderReport(report, never, 'json', plainStyle))).toEqual(report);
  });
});

describe('reportFileFormat', () => {
  test.each([
    ['out.json', 'json'],
    ['dir.d/out.MD', 'markdown'],
    ['out.html', 'html'],
    ['out.xml', 'junit'],
    ['out.sarif', 'sarif'],
    ['out.sarif.json', 'sarif'],
    ['sarif.json', 'json'],
  ])('%s is %s', (path, format) => {
    expect(reportFileFormat(path)).toBe(format);
  });

  test.each(['out.pdf', 'out.table', 'out', 'json', '.json', 'html', 'a/.sarif'])(
    '%s is refused',
    (path) => {
      expect(() => reportFileFormat(path)).toThrowError(
        expect.objectContaining({
          code: 'USAGE',
          hint: 'Supported extensions: .json, .md, .html, .xml, .sarif.',
        }),
      );
    },
  );

  test('reportFormats are the values of --format', () => {
    const formats = ['table', 'json', 'markdown', 'html', 'junit', 'sarif', 'github'];
    expect(reportFormats).toEqual(formats);
  });
});

test('countBySeverity', () => {
  const finding = { code: 'c', at: {}, message: 'm' };
  expect(
    countBySeverity([
      { ...finding, severity: 'error' },
      { ...finding, severity: 'info' },
      { ...finding, severity: 'error' },
    ]),
  ).toEqual({ error: 2, warning: 0, info: 1 });
});

test.each([
  [{}, 'model'],
  [{ node: 'conv' }, 'node "conv"'],
  [{ node: 'conv', value: 'y' }, 'node "conv", value "y"'],
  [{ graph: 'if_1/then' }, 'graph if_1/then'],
  [{ graph: 'if_1/then', value: 'y' }, 'if_1/then: value "y"'],
])('locationText %j is %s', (at, text) => {
  expect(locationText(at)).toBe(text);
});
