import { appendFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { type Document, type PathRoots, renderSummary, visibleLines } from '../report/index.ts';
import type { Io } from './io.ts';

/** GitHub refuses a step's summary that is larger, all of it. */
const mostSummaryBytes = 1024 * 1024;

/** Paths for other programs start at the repository, as far as GitHub Actions tells where that is. */
export function pathRoots({ cwd, env }: Io): PathRoots {
  const workspace = env['GITHUB_WORKSPACE'] ?? '';
  if (workspace === '') return { cwd, root: cwd };
  const inside = relative(workspace, cwd);
  const isInside = !isAbsolute(inside) && inside.split(sep)[0] !== '..';
  return { cwd, root: isInside ? workspace : cwd };
}

/** Of annotations, those of errors and warnings: that all is well needs none where nobody asked. */
export function problemsIn(annotations: string): string {
  const lines = annotations.split('\n').filter((line) => /^::(error|warning) /.test(line));
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Adds the report to the summary page of the running step, where there is one. What goes wrong with it
 * is told and has no other effect, as nobody has asked for a file.
 */
export async function appendStepSummary(
  io: Io,
  document: () => Document | Promise<Document>,
): Promise<void> {
  const path = io.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (path === '') return;
  try {
    const before = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    const text = await renderSummary(document, mostSummaryBytes - before - 1);
    await appendFile(path, `${text}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.stderr(`warning: cannot write the step summary: ${visibleLines(why)}\n`);
  }
}
