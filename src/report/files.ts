import { extname } from 'node:path';
import { MlkitError } from '../errors.ts';
import type { Document } from './document.ts';
import { reportToJson } from './json.ts';
import type { ReportBase } from './report.ts';
import type { TextStyle } from './table.ts';

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
const renderers = {
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
} as const satisfies Record<string, Renderer>;

export type ReportFormat = keyof typeof renderers;

/** The values of `--format`. */
export const reportFormats: readonly ReportFormat[] = Object.keys(renderers) as ReportFormat[];

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
  const byExtension = reportFormats.map((format) => {
    const renderer: Renderer = renderers[format];
    return [renderer.extension, format] as const;
  });
  const found = byExtension.find(([known]) => known !== undefined && known === extension);
  if (found !== undefined) return found[1];
  const known = byExtension.flatMap(([one]) => one ?? []).join(', ');
  const asked = extension === '' ? 'without an extension' : `as ${extension}`;
  throw new MlkitError('USAGE', `--report ${path}: a report cannot be written ${asked}`, {
    hint: `Supported extensions: ${known}.`,
  });
}
