import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromFileError, MlkitError } from '../errors.ts';
import { copyChunkBytes, type Rope } from './rope.ts';
import { FileSource } from './source.ts';

export interface WriteOptions {
  /** Stops the writing; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Called with the bytes written so far, now and then. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** Bytes written between two looks at the signal. */
const turnBytes = 8 * 1024 * 1024;

/** One file to be written. */
export interface PendingFile {
  readonly path: string;
  readonly content: Rope;
}

/**
 * Writes files beside their places and renames them when all are complete, in order, so that a
 * crash, an error or an interruption leaves either the old files or the new ones, and no parts. The
 * data is left to the operating system's cache; a power cut soon after may lose it.
 *
 * @throws MlkitError DISK_FULL, FILE_PERMISSION, FILE_NOT_FOUND, FILE_IO, INTERRUPTED.
 */
export async function writeFiles(
  files: readonly PendingFile[],
  options: WriteOptions = {},
): Promise<void> {
  const written: { temporary: string; final: string }[] = [];
  let doneBytes = 0;
  try {
    for (const file of files) {
      const temporary = temporaryPath(file.path);
      written.push({ temporary, final: file.path });
      await writeOne(temporary, file, {
        ...options,
        onProgress: (bytes) => options.onProgress?.(doneBytes + bytes),
      });
      doneBytes += file.content.length;
    }
    for (const { temporary, final } of written) rename(temporary, final);
  } catch (error) {
    for (const { temporary } of written) fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Refuses a path that must not be written to.
 *
 * @param inputs Files that are being read.
 * @throws MlkitError OUTPUT_IS_INPUT when it is one of them, by whatever name; FILE_* as
 *   {@link refuseReplacing}.
 */
export function refuseTarget(file: string, inputs: readonly string[]): void {
  const there = statTarget(file);
  for (const input of inputs) {
    const other = fs.statSync(input, { throwIfNoEntry: false });
    const isSame =
      path.resolve(file) === path.resolve(input) ||
      (there !== undefined && other?.ino === there.ino && other.dev === there.dev);
    if (isSame) {
      throw new MlkitError('OUTPUT_IS_INPUT', `cannot write ${file}: it is read as an input`);
    }
  }
  refuseReplacing(file);
}

/**
 * Refuses to replace what is no ordinary file: renaming a file to the path of a device or a pipe
 * would do away with it. What its owner has protected is not replaced either.
 *
 * @throws MlkitError FILE_IS_DIRECTORY, FILE_EXISTS, FILE_PERMISSION.
 */
export function refuseReplacing(file: string): void {
  const there = statTarget(file);
  if (there === undefined) return;
  if (there.isDirectory()) {
    throw new MlkitError('FILE_IS_DIRECTORY', `cannot write ${file}: it is a directory`);
  }
  if (!there.isFile()) {
    throw new MlkitError('FILE_EXISTS', `cannot write ${file}: it is a device or a pipe`, {
      hint: 'Give the path of a file.',
    });
  }
  try {
    fs.accessSync(file, fs.constants.W_OK);
  } catch (error) {
    throw new MlkitError('FILE_PERMISSION', `cannot write ${file}: it is write-protected`, {
      hint: 'Write to another path, or take the protection away.',
      cause: error,
    });
  }
}

function statTarget(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw fromFileError('cannot write', file, error);
  }
}

/** @throws MlkitError INTERRUPTED once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new MlkitError('INTERRUPTED', 'interrupted');
}

/** How many temporary files this process has made; with its number, a name of its own. */
let temporaryCount = 0;

function temporaryPath(final: string): string {
  temporaryCount += 1;
  // Cut, since systems limit names to 255 bytes, and the final one may have them all.
  const name = `.${path.basename(final).slice(0, 50)}.${process.pid}-${temporaryCount}.tmp`;
  return path.join(path.dirname(final), name);
}

function rename(temporary: string, final: string): void {
  refuseReplacing(final);
  try {
    fs.renameSync(temporary, final);
  } catch (error) {
    throw fromFileError('cannot write', final, error);
  }
}

async function writeOne(
  temporary: string,
  file: PendingFile,
  options: WriteOptions,
): Promise<void> {
  throwIfAborted(options.signal);
  const whole = file.content.wholeSource;
  try {
    if (whole instanceof FileSource) await copyWhole(whole, temporary);
    else await writeRope(temporary, file.content, options);
  } catch (error) {
    const folder = path.dirname(file.path);
    if (!fs.existsSync(folder)) {
      throw new MlkitError(
        'FILE_NOT_FOUND',
        `cannot write ${file.path}: there is no folder ${folder}`,
      );
    }
    throw fromFileError('cannot write', file.path, error);
  }
  throwIfAborted(options.signal);
}

/**
 * Lets the file system copy, which may share the blocks. Who may write to the original is not copied
 * along: a result can be replaced by the next one.
 */
async function copyWhole(source: FileSource, temporary: string): Promise<void> {
  const descriptor = fs.openSync(temporary, 'wx');
  const { mode } = fs.fstatSync(descriptor);
  fs.closeSync(descriptor);
  await fs.promises.copyFile(source.label, temporary, fs.constants.COPYFILE_FICLONE);
  fs.chmodSync(temporary, mode);
  const copied = fs.statSync(temporary).size;
  if (copied !== source.size || fs.statSync(source.label).mtimeMs !== source.modifiedMs) {
    throw new MlkitError('FILE_CHANGED', `${source.label} changed while it was being copied`);
  }
}

async function writeRope(temporary: string, rope: Rope, options: WriteOptions): Promise<void> {
  const descriptor = fs.openSync(temporary, 'wx');
  try {
    const gathered = Buffer.allocUnsafe(copyChunkBytes);
    let held = 0;
    let done = 0;
    let sinceTurn = 0;
    for (const chunk of rope.chunks()) {
      if (held > 0 && held + chunk.length > gathered.length) {
        writeAll(descriptor, gathered.subarray(0, held));
        held = 0;
      }
      if (chunk.length >= gathered.length) writeAll(descriptor, chunk);
      else {
        gathered.set(chunk, held);
        held += chunk.length;
      }
      done += chunk.length;
      sinceTurn += chunk.length;
      if (sinceTurn >= turnBytes) {
        sinceTurn = 0;
        options.onProgress?.(done);
        await nextTurn();
        throwIfAborted(options.signal);
      }
    }
    writeAll(descriptor, gathered.subarray(0, held));
    if (done !== rope.length) throw new Error(`wrote ${done} bytes of ${rope.length}`);
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at);
}
