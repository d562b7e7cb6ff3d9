import { extname } from 'node:path';
import { MlkitError } from '../errors.ts';
import type { Document } from './document.ts';
import { reportToJson } from './json.ts';
import type { ReportBase } from './report.ts';
import type { TextStyle } from './table.ts';

/** How a report can look. */
export type ReportFormat = 'table' | 'json' | 'markdown';

/** What a renderer is given; the document is made only by those that call for it. */
interface RenderInput {
  readonly report: ReportBase;
  readonly document: () => Document | Promise<Document>;
  readonly style: TextStyle;
}

interface Renderer {
  /** The extension, with its dot, that `--report FILE` chooses it by; absent: not for files. */
  readonly extension?: string;
  render(input: RenderInput): string | Promise<string>;
}

/** THE table of formats: one row more is one format more, everywhere. */
const renderers: Readonly<Record<ReportFormat, Renderer>> = {
  table: {
    async render({ document, style }) {
      // Loaded here because its layout library is not needed for any other format.
      const { renderText } = await import('./table.ts');
      return renderText(await document(), style);
    },
  },
  json: { extension: '.json', render: ({ report }) => reportToJson(report) },
  markdown: {
    extension: '.md',
    async render({ document }) {
      const { renderMarkdown } = await import('./markdown.ts');
      return renderMarkdown(await document());
    },
  },
};

/** The values of `--format`. */
export const reportFormats: readonly ReportFormat[] = Object.keys(renderers) as ReportFormat[];

/** Loads what a format needs, which `renderReport` would do when it is called. */
export async function loadRenderer(format: ReportFormat): Promise<void> {
  if (format === 'table') await import('./table.ts');
  if (format === 'markdown') await import('./markdown.ts');
}

/** The report in one format, ending in a newline. */
export async function renderReport(
  report: ReportBase,
  document: () => Document | Promise<Document>,
  format: ReportFormat,
  style: TextStyle,
): Promise<string> {
  return renderers[format].render({ report, document, style });
}

/**
 * The format that a report file's extension asks for.
 *
 * @throws {MlkitError} USAGE when there is none for it.
 */
export function reportFileFormat(path: string): ReportFormat {
  const extension = extname(path).toLowerCase();
  const found = reportFormats.find((format) => renderers[format].extension === extension);
  if (found !== undefined) return found;
  const known = reportFormats.flatMap((format) => renderers[format].extension ?? []).join(', ');
  const asked = extension === '' ? 'without an extension' : `as ${extension}`;
  throw new MlkitError('USAGE', `--report ${path}: a report cannot be written ${asked}`, {
    hint: `Supported extensions: ${known}.`,
  });
}
