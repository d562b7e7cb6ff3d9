import fs from 'node:fs';
import path from 'node:path';
import { fromFileError, MlkitError } from '../../errors.ts';
import { goldenFileName, readGoldenMetadata } from './golden-metadata.ts';

/** A folder that is written under another name and appears when it is complete. */
export interface PendingFolder {
  /** Where to write. */
  readonly path: string;
  /** Puts it in its place. */
  commit(): void;
  /** Takes away what was written. Never throws; does nothing after `commit`. */
  discard(): void;
}

/**
 * Begins a folder of recorded data, beside its place.
 *
 * @param force Whether one that mlkit recorded there before may be replaced.
 * @throws MlkitError FILE_EXISTS when there is something that must stay, FILE_* when nothing can be
 *   written there.
 */
export function beginFolder(folder: string, force: boolean): PendingFolder {
  const place = realPlace(folder);
  refuseReplacing(folder, place, force);
  const parent = path.dirname(place);
  const pending = path.join(parent, temporaryName(place));
  try {
    fs.mkdirSync(pending);
  } catch (error) {
    if (fs.existsSync(parent)) throw fromFileError('cannot write', folder, error);
    const message = `cannot write ${folder}: there is no folder ${parent}`;
    throw new MlkitError('FILE_NOT_FOUND', message, { cause: error });
  }
  return {
    path: pending,
    commit() {
      refuseReplacing(folder, place, force);
      try {
        replace(pending, place);
      } catch (error) {
        throw fromFileError('cannot write', folder, error);
      }
    },
    discard() {
      try {
        fs.rmSync(pending, { recursive: true, force: true });
      } catch {
        // What was to be told is what went wrong before.
      }
    },
  };
}

/** How many this process has begun; with its number, a name of its own. */
let begunCount = 0;

function temporaryName(place: string): string {
  begunCount += 1;
  // Cut, since systems limit names to 255 bytes, and the final one may have them all.
  return `.${path.basename(place).slice(0, 50)}.${process.pid}-${begunCount}.tmp`;
}

/** What a link leads to, so that the link stays. */
function realPlace(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

function refuseReplacing(folder: string, place: string, force: boolean): void {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const refuse = (why: string, hint: string): MlkitError =>
    new MlkitError('FILE_EXISTS', `cannot write ${folder}: ${why}`, { hint });
  const another = 'Give the path of a new folder.';
  if (!stat.isDirectory()) throw refuse('it is a file', another);
  const entries = entriesOf(folder, place);
  if (entries.length === 0) return;
  if (!isGolden(place)) throw refuse('the folder is not empty', another);
  if (!force) {
    throw refuse('it holds recorded data', 'Give another folder, or --force to replace it.');
  }
  const strangers = entries.filter(
    (name) => name !== goldenFileName && !/^test_data_set_\d+$/.test(name),
  );
  if (strangers.length > 0) {
    throw refuse(
      `beside recorded data it holds ${strangers.slice(0, 3).join(', ')}`,
      'Move these away, or give another folder.',
    );
  }
}

function entriesOf(folder: string, place: string): string[] {
  try {
    return fs.readdirSync(place);
  } catch (error) {
    throw fromFileError('cannot read', folder, error);
  }
}

/** Whether mlkit recorded it, be it in a later version or damaged since. */
function isGolden(place: string): boolean {
  try {
    return readGoldenMetadata(place) !== null;
  } catch (error) {
    return error instanceof MlkitError && error.code === 'INPUT_DATA' && hasOurKind(place);
  }
}

function hasOurKind(place: string): boolean {
  return fs.readFileSync(path.join(place, goldenFileName), 'utf8').includes('"mlkit-golden"');
}

/** Puts a folder in the place of another, or of none. What was there is back when that fails. */
function replace(pending: string, place: string): void {
  if (!fs.existsSync(place)) {
    fs.renameSync(pending, place);
    return;
  }
  const aside = `${pending}-before`;
  fs.renameSync(place, aside);
  try {
    fs.renameSync(pending, place);
  } catch (error) {
    fs.renameSync(aside, place);
    throw error;
  }
  fs.rmSync(aside, { recursive: true, force: true });
}
