import path from 'node:path';
import type { Finding } from '../report/index.ts';

/**
 * A message about a model, and about files beside it, with the paths that somebody gave instead of
 * those that they stand for: reports are compared between machines.
 *
 * @param file The model's path, as the message has it.
 * @param name The same as it was given.
 */
export function renameFile(message: string, file: string, name: string): string {
  const folder = path.dirname(file);
  const renamed = message.replaceAll(file, () => name);
  // Of a file in the root of a disk, the folder is in every path.
  if (folder === path.dirname(folder)) return renamed;
  const given = path.dirname(name);
  const isHere = given === '.';
  return renamed
    .replaceAll(folder + path.sep, () => (isHere ? '' : given + path.sep))
    .replace(new RegExp(`${escapeRegExp(folder)}(?![\\w.-])`, 'g'), () =>
      isHere ? 'the current folder' : given,
    );
}

/** The same of findings. */
export function renameFindings(
  findings: readonly Finding[],
  file: string,
  name: string,
): readonly Finding[] {
  if (name === file) return findings;
  return findings.map((each) => ({ ...each, message: renameFile(each.message, file, name) }));
}

function escapeRegExp(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);
}
