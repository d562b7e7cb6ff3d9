import fs from 'node:fs';
import path from 'node:path';
import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import { DataFolder, type OpenModel, openModel, refuseTarget, tensorsOf } from '../onnx/index.ts';

/** Stands for the file that will be written: unlike one that is there, it is no link. */
const newModel = '.new-model';

/** The locations that a model names for its external data, in order. */
export function locationsOf(model: Model): string[] {
  const locations = new Set<string>();
  for (const { tensor } of tensorsOf(model)) {
    const { external } = tensor.storage;
    if (external !== undefined) locations.add(external.location);
  }
  return [...locations];
}

/** Where a data file of a model in `folder` lies. */
export function dataPath(folder: string, location: string): string {
  return path.join(folder, ...location.split(/[\\/]/));
}

/** The data files that are there, by their real paths. Those that are missing or forbidden are not. */
export function presentDataFiles(open: OpenModel): string[] {
  return locationsOf(open.model).flatMap((location) => {
    try {
      return [open.folder.describe(location).path];
    } catch (error) {
      if (error instanceof MlkitError) return [];
      throw error;
    }
  });
}

/**
 * Whether a model in `folder` would find the very data files that this one reads.
 *
 * @throws MlkitError EXTERNAL_PATH when it would, and may not read them: data files that are links to
 *   another folder may only be read by a model that is a link to that folder too.
 */
export function findsSameData(open: OpenModel, folder: string): boolean {
  return locationsOf(open.model).every((location) => {
    const there = statOf(dataPath(folder, location));
    const { path: source } = describe(open, location);
    const here = source === null ? undefined : statOf(source);
    // Without the file nothing can be carried along; beside the model it is missed as before.
    if (here === undefined) return path.resolve(folder) === path.resolve(path.dirname(open.path));
    if (there?.ino !== here.ino || there.dev !== here.dev) return false;
    refuseLinkedData(folder, location);
    return true;
  });
}

function refuseLinkedData(folder: string, location: string): void {
  try {
    new DataFolder(path.join(folder, newModel)).locate(location, '');
  } catch (error) {
    if (!(error instanceof MlkitError)) throw error;
    throw new MlkitError(
      error.code,
      `the data file "${location}" in ${folder} is a link to another folder, and a model that is written there may not read it`,
      { hint: 'Write to another folder, or use --embed or --external NAME.', cause: error },
    );
  }
}

function describe(open: OpenModel, location: string): { path: string | null } {
  try {
    return open.folder.describe(location);
  } catch (error) {
    if (error instanceof MlkitError) return { path: null };
    throw error;
  }
}

/**
 * Decides about a data file that is there already when one is to be written: it may be replaced
 * when it belongs to the model that is replaced too.
 *
 * @param target The data file.
 * @param output The model file that is to be written.
 * @param inputs Files that are being read.
 * @throws MlkitError FILE_EXISTS, OUTPUT_IS_INPUT, FILE_IS_DIRECTORY, FILE_PERMISSION.
 */
export function refuseForeignData(target: string, output: string, inputs: readonly string[]): void {
  refuseTarget(target, inputs);
  const there = statOf(target);
  if (there === undefined) return;
  const isOurs = dataOfModelAt(output).some((file) => {
    const own = statOf(file);
    return own?.ino === there.ino && own.dev === there.dev;
  });
  if (isOurs) return;
  throw new MlkitError(
    'FILE_EXISTS',
    `the data file ${target} would be overwritten, and ${path.basename(output)} is not the model that it belongs to`,
    { hint: 'Write to another folder, use --embed or another name with --external, or remove it.' },
  );
}

function dataOfModelAt(file: string): string[] {
  if (statOf(file) === undefined) return [];
  let open: OpenModel;
  try {
    open = openModel(file);
  } catch {
    return [];
  }
  try {
    return presentDataFiles(open);
  } finally {
    open.close();
  }
}

function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch {
    // A part of the path is a file, or may not be looked into.
    return undefined;
  }
}
