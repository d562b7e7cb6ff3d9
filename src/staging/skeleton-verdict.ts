import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MlkitError } from '../errors.ts';
import { limits, type OpenModel, tensorsOf, throwIfAborted, writeFiles } from '../onnx/index.ts';
import { openSession, type ProviderName, type SessionSettings } from '../runtime/index.ts';
import { keptFile, layOutSkeleton, type Skeleton, zerosFile } from './skeleton.ts';
import { makeZeroFile } from './zero-file.ts';

export interface SkeletonSettings {
  /** Default `cpu`. */
  readonly provider?: ProviderName;
  /** Time allowed for one load, past which the answer is `unknown`. Default 120,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called when the other process has its question, so that this one can do something else. */
  readonly onAsked?: () => void;
  /** Constants of up to this size keep their values. Default 65,536. */
  readonly keepBytes?: number;
  /** Models whose skeleton would save less are loaded as they are. Default 8 MiB. */
  readonly leastSavedBytes?: number;
}

/** What the runtime says to a model. */
export interface RuntimeVerdict {
  /** `unknown`: it could not be asked, or did not answer in time or for want of memory. */
  readonly verdict: 'loads' | 'rejects' | 'crashes' | 'unknown';
  /** Why it does not load; null where it does. */
  readonly error: MlkitError | null;
  /** Whether this was found without reading the model's weights. */
  readonly skeleton: boolean;
  /** From the start to the verdict, the start of a process included. Milliseconds. */
  readonly loadMs: number;
  /** Peak of the memory that the process took which loaded it; null where it did not load. */
  readonly peakBytes: number | null;
}

type Answer = Pick<RuntimeVerdict, 'verdict' | 'error' | 'peakBytes'>;

const defaultTimeoutMs = 120_000;
const defaultKeepBytes = 64 * 1024;
const defaultLeastSavedBytes = 8 * 1024 * 1024;

/**
 * Whether onnxruntime loads a model: in a process of its own, on one thread. A small model is loaded
 * as users do, with its optimizations: they find contradictions of their own where they compute what
 * shapes are made of. A large one is loaded without them, as a skeleton of it, whose weights are
 * holes in one file and are never read, so that time and memory depend on its structure alone, and
 * files above 2 GiB get an answer about their structure too. Where the skeleton's weights could be
 * the reason for a refusal, and where no faithful skeleton can be made, the model itself is loaded.
 *
 * @param open Not changed. Its path is that of the file as it is on disk.
 * @throws MlkitError INTERRUPTED; FILE_CHANGED and its like when the model cannot be read any more.
 */
export async function skeletonVerdict(
  open: OpenModel,
  settings: SkeletonSettings = {},
): Promise<RuntimeVerdict> {
  const begin = performance.now();
  const end = (answer: Answer, skeleton: boolean): RuntimeVerdict => ({
    ...answer,
    skeleton,
    loadMs: performance.now() - begin,
  });
  const bones = await layOutSkeleton(open, settings.keepBytes ?? defaultKeepBytes);
  const saved = bones?.savedBytes ?? 0;
  const isWorthIt = saved > 0 && saved >= (settings.leastSavedBytes ?? defaultLeastSavedBytes);
  const answer = bones !== null && isWorthIt ? await askSkeleton(open, bones, settings) : null;
  if (answer !== null && isCertain(answer)) return end(answer, true);
  if (answer !== null && open.sizeBytes > limits.protobufBytes) {
    return end({ ...answer, verdict: 'unknown' }, true);
  }
  return end(await askModel(open, settings), false);
}

/** What onnxruntime says of a model's structure, whatever its weights are and wherever they lie. */
const structural =
  /Unsupported model IR version|Opset \d+ is under development|No opset import for domain|Missing opset|is not a registered function\/op|No Op registered for|is deprecated in domain_version|Could not find an implementation for|Failed to find kernel for|Type Error: Type/;

function isCertain({ verdict, error }: Answer): boolean {
  if (verdict === 'loads' || error === null) return true;
  if (error.code === 'RUNTIME_TIMEOUT' || error.code === 'PROVIDER_UNAVAILABLE') return true;
  return error.cause instanceof Error && structural.test(error.cause.message);
}

/** @returns Null when the skeleton could not be written. */
async function askSkeleton(
  open: OpenModel,
  bones: Skeleton,
  settings: SkeletonSettings,
): Promise<Answer | null> {
  let folder: string;
  try {
    folder = mkdtempSync(path.join(tmpdir(), 'mlkit-skeleton-'));
  } catch {
    return null;
  }
  try {
    const file = path.join(folder, 'model.onnx');
    if (!(await write(bones, file, settings.signal))) return null;
    // Kernels rearrange weights when they are made: no use to copy zeros.
    const answer = await ask(file, settings, {
      optimization: 'disabled',
      config: { 'session.disable_prepacking': '1' },
    });
    return { ...answer, error: answer.error && renamed(answer.error, file, open.path) };
  } finally {
    remove(folder);
  }
}

async function write(
  bones: Skeleton,
  file: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const folder = path.dirname(file);
  const { model, kept, zeroBytes } = bones;
  const files = [{ path: file, content: model }];
  if (kept.length > 0) files.push({ path: path.join(folder, keptFile), content: kept });
  try {
    if (!makeZeroFile(path.join(folder, zerosFile), zeroBytes)) return false;
    await writeFiles(files, signal === undefined ? {} : { signal });
    return true;
  } catch {
    throwIfAborted(signal);
    return false;
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // A file that is still open stays behind on Windows; the system clears its temporary folder.
  }
}

async function askModel(open: OpenModel, settings: SkeletonSettings): Promise<Answer> {
  throwIfAborted(settings.signal);
  const need = weightsAndFile(open);
  const free = process.availableMemory();
  if (open.sizeBytes <= limits.protobufBytes && need > free) {
    const error = new MlkitError(
      'RUNTIME_RUN',
      `cannot load ${open.path}: it has ${need} bytes, and ${free} bytes of memory are free`,
      { hint: 'Use a machine with more memory.' },
    );
    return { verdict: 'unknown', error, peakBytes: null };
  }
  const isSmall = need < (settings.leastSavedBytes ?? defaultLeastSavedBytes);
  return ask(open.path, settings, { optimization: isSmall ? 'all' : 'disabled' });
}

/** Size of the model file and of all that it takes from data files. */
function weightsAndFile(open: OpenModel): number {
  let bytes = open.sizeBytes;
  for (const { tensor } of tensorsOf(open.model)) {
    if (tensor.storage.kind === 'external') bytes += tensor.byteLength;
  }
  return bytes;
}

async function ask(
  file: string,
  settings: SkeletonSettings,
  session: Pick<SessionSettings, 'optimization' | 'config'>,
): Promise<Answer> {
  const { provider, signal, timeoutMs = defaultTimeoutMs } = settings;
  try {
    const opening = openSession(file, {
      threads: 1,
      createTimeoutMs: timeoutMs,
      ...session,
      ...(provider !== undefined && { provider }),
      ...(signal !== undefined && { signal }),
    });
    settings.onAsked?.();
    const opened = await opening;
    try {
      const { peakBytes } = await opened.memory();
      return { verdict: 'loads', error: null, peakBytes };
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
    return { verdict: verdictOf(error), error, peakBytes: null };
  }
}

/** Errors that say nothing about the model: `RUNTIME_RUN` is, while loading, a lack of memory. */
const saysNothing: ReadonlySet<string> = new Set([
  'RUNTIME_TIMEOUT',
  'RUNTIME_RUN',
  'PROVIDER_UNAVAILABLE',
]);

function verdictOf(error: MlkitError): RuntimeVerdict['verdict'] {
  if (error.code === 'RUNTIME_CRASHED') return isKilled(error) ? 'unknown' : 'crashes';
  // The runtime itself, or the process for it, could not be started.
  const isNoAnswer = error.code === 'RUNTIME_LOAD' && !error.message.startsWith('cannot load ');
  return isNoAnswer || saysNothing.has(error.code) ? 'unknown' : 'rejects';
}

/** Whether somebody else ended the process, as systems do that run out of memory. */
function isKilled({ cause }: MlkitError): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'signal' in cause && cause.signal === 'SIGKILL'
  );
}

/** The error of the skeleton in words about the model. */
function renamed(error: MlkitError, file: string, name: string): MlkitError {
  const { code, message, hint, cause } = error;
  return new MlkitError(code, message.replaceAll(file, name), { hint, cause });
}
