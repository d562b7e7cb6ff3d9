import { basename, extname } from 'node:path';
import { MlkitError } from '../errors.ts';
import type { PathRoots } from './artifact-path.ts';
import type { Document } from './document.ts';
import { reportToJson } from './json.ts';
import { type ReportBase, toolInfo } from './report.ts';
import type { TextStyle } from './table.ts';
import type { CheckedCode, TestCase } from './test-case.ts';

/** How a report can look. */
export type ReportFormat = 'table' | 'json' | 'markdown' | 'html' | 'junit' | 'sarif' | 'github';

/** What formats for machines can tell beyond the report itself; all of it is optional. */
export interface ReportExtras {
  /** What the command has tested, findings aside; without it, the verdict is the one test. */
  readonly testCases?: () => readonly TestCase[] | Promise<readonly TestCase[]>;
  /** What findings were looked for. */
  readonly checks?: () => readonly CheckedCode[] | Promise<readonly CheckedCode[]>;
  /** Where paths start; without it, both in the current folder. */
  readonly roots?: () => PathRoots | Promise<PathRoots>;
}

/** What a renderer is given; the document is made only by those that call for it. */
interface RenderInput {
  readonly report: ReportBase;
  readonly document: () => Document | Promise<Document>;
  readonly style: TextStyle;
  readonly extras: ReportExtras;
}

interface Renderer {
  /** Extensions, with their dots, that `--report FILE` chooses it by; absent: not for files. */
  readonly extensions?: readonly string[];
  render(input: RenderInput): string | Promise<string>;
}

/** THE table of formats: one row more is one format more, everywhere. Each is loaded when it is used. */
const renderers: Readonly<Record<ReportFormat, Renderer>> = {
  table: {
    async render({ document, style }) {
      const { renderText } = await import('./table.ts');
      return renderText(await document(), style);
    },
  },
  json: { extensions: ['.json'], render: ({ report }) => reportToJson(report) },
  markdown: {
    extensions: ['.md'],
    async render({ document }) {
      const { renderMarkdown } = await import('./markdown.ts');
      return renderMarkdown(await document());
    },
  },
  html: {
    extensions: ['.html'],
    async render({ report, document }) {
      const [{ renderHtml }, { chartDrawer }, shown] = await Promise.all([
        import('./html.ts'),
        import('./html-chart.ts'),
        document(),
      ]);
      return renderHtml(report, shown, await chartDrawer(shown));
    },
  },
  junit: {
    extensions: ['.xml'],
    async render({ report, extras }) {
      const [{ renderJunit }, { findingCases }, cases] = await Promise.all([
        import('./junit.ts'),
        import('./test-case.ts'),
        otherCases(report, extras),
      ]);
      return renderJunit(report, [...findingCases(report, await extras.checks?.()), ...cases]);
    },
  },
  sarif: {
    extensions: ['.sarif', '.sarif.json'],
    async render({ report, extras }) {
      const { renderSarif } = await import('./sarif.ts');
      const checks = (await extras.checks?.()) ?? [];
      return renderSarif(report, checks, await otherCases(report, extras), await rootsOf(extras));
    },
  },
  github: {
    async render({ report, extras }) {
      const { renderGithub } = await import('./github.ts');
      return renderGithub(report, await otherCases(report, extras), await rootsOf(extras));
    },
  },
};

/** What was tested besides what findings tell. */
async function otherCases(
  report: ReportBase,
  { testCases }: ReportExtras,
): Promise<readonly TestCase[]> {
  const tested = (await testCases?.()) ?? [];
  if (tested.length > 0) return tested;
  // A verdict that fails for its findings would count them twice.
  const isToldByFindings = report.findings?.some(({ severity }) => severity === 'error') === true;
  if (isToldByFindings && report.verdict !== 'inconclusive') return [];
  const { verdictCase } = await import('./test-case.ts');
  return [verdictCase(report)];
}

async function rootsOf({ roots }: ReportExtras): Promise<PathRoots> {
  return (await roots?.()) ?? { cwd: process.cwd(), root: process.cwd() };
}

/** The values of `--format`. */
export const reportFormats: readonly ReportFormat[] = Object.keys(renderers) as ReportFormat[];

/** The extensions of `--report FILE`. */
export const reportExtensions: readonly string[] = reportFormats.flatMap(
  (format) => renderers[format].extensions?.[0] ?? [],
);

/** Loads what a format needs, which `renderReport` would do when it is called. */
export async function loadRenderer(format: ReportFormat): Promise<void> {
  if (format === 'table') await import('./table.ts');
  if (format === 'markdown') await import('./markdown.ts');
}

/** The report in one format, ending in a newline; of `github`, empty where there is nothing to say. */
export async function renderReport(
  report: ReportBase,
  document: () => Document | Promise<Document>,
  format: ReportFormat,
  style: TextStyle,
  extras: ReportExtras = {},
): Promise<string> {
  return renderers[format].render({ report, document, style, extras });
}

/** The report as Markdown of at most so many bytes, for pages that take no more. */
export async function renderSummary(
  document: () => Document | Promise<Document>,
  mostBytes: number,
): Promise<string> {
  const { renderMarkdown } = await import('./markdown.ts');
  return renderMarkdown(await document(), mostBytes);
}

/** A failed command as a line that GitHub Actions makes an annotation of. */
export async function renderGithubFailure(message: string, hint: string): Promise<string> {
  const { githubFailure } = await import('./github.ts');
  return githubFailure(toolInfo().name, message, hint);
}

/**
 * The format that a report file's extension asks for.
 *
 * @throws {MlkitError} USAGE when there is none for it.
 */
export function reportFileFormat(path: string): ReportFormat {
  const name = basename(path).toLowerCase();
  const fits = (extension: string): boolean =>
    name.length > extension.length && name.endsWith(extension);
  // Of `.sarif.json` and `.json`, the longer.
  const [found] = reportFormats
    .flatMap((format) => (renderers[format].extensions ?? []).map((each) => ({ format, each })))
    .filter(({ each }) => fits(each))
    .toSorted((a, b) => b.each.length - a.each.length);
  if (found !== undefined) return found.format;
  const extension = extname(path).toLowerCase();
  const asked = extension === '' ? 'without an extension' : `as ${extension}`;
  throw new MlkitError('USAGE', `--report ${path}: a report cannot be written ${asked}`, {
    hint: `Supported extensions: ${reportExtensions.join(', ')}.`,
  });
}
