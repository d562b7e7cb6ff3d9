import path from 'node:path';

/**
 * A message about a model, and about files beside it, with the paths that somebody gave instead of
 * those that they stand for.
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
  return renamed.replaceAll(folder + path.sep, () => (given === '.' ? '' : given + path.sep));
}
