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
  const within = renamed.replace(whole(folder + path.sep, ''), () =>
    isHere ? '' : given + path.sep,
  );
  // A relative one alone may be any word.
  if (!path.isAbsolute(folder)) return within;
  return within.replace(whole(folder, String.raw`(?![\w.-])`), () =>
    isHere ? 'the current folder' : given,
  );
}

/** A path that is no part of another one, nor of the name of a node or value, which are quoted. */
function whole(text: string, after: string): RegExp {
  return new RegExp(String.raw`(?<![\w./\\"-])${escapeRegExp(text)}${after}`, 'g');
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
