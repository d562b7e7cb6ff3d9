import { basename, join } from 'node:path';
import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import { type OpenModel, openModel, saveModel, tensorsOf } from '../onnx/index.ts';
import { openSession, type Session, type SessionSettings } from '../runtime/index.ts';
import {
  type Arrival,
  type Boundary,
  plainInput,
  plainOutput,
  unpassableInput,
  unpassableOutput,
} from './boundary/passage.ts';
import { rewriteBoundary } from './boundary/rewrite-boundary.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';

export type Arrivals = ReadonlyMap<string, Arrival>;

/** A model in a process of its own. */
export interface LoadedModel {
  readonly session: Session;
  readonly boundary: Boundary;
  /** An error of the runtime in words about the model, not about the copy that it has. */
  readonly explain: (error: unknown) => unknown;
  /** Never throws. */
  close(): Promise<void>;
}

/** What the file of a model tells of its inputs and outputs. */
export interface ModelBorder {
  readonly boundary: Boundary;
  /** Inputs that need not be fed. */
  readonly defaults: readonly string[];
  /** Whether a graph of its own is needed for every number of elements that comes. */
  readonly isVarying: boolean;
  /** Of all constants together. */
  readonly constantBytes: number;
}

/**
 * Looks at the inputs and outputs of a model file.
 *
 * @throws MlkitError as `openModel` does; MODEL_UNSUPPORTED when an input or all outputs cannot be
 *   passed.
 */
export function borderOf(path: string): ModelBorder {
  const open = openModel(path);
  try {
    const defaults = open.model.graph.inputs
      .filter((value) => value.initializer !== null || value.sparseInitializer !== null)
      .map((value) => value.name);
    const boundary = rewriteBoundary(open.model);
    refuseUnreachable(path, boundary);
    const isVarying = boundary.inputs.some(({ kind }) => kind !== 'tensor');
    return { boundary, defaults, isVarying, constantBytes: bytesOfConstants(open.model) };
  } finally {
    open.close();
  }
}

/**
 * Loads a model, from a temporary copy where its inputs or outputs had to be rewritten. The copy is
 * gone when this returns, unless the system holds on to it: then when the model is closed.
 *
 * @throws MlkitError as `openModel`, `saveModel` and `openSession` do.
 */
export async function loadModel(
  path: string,
  arrivals: Arrivals,
  settings: SessionSettings,
): Promise<LoadedModel> {
  const open = openModel(path);
  let folder: string | null = null;
  try {
    const boundary = rewriteBoundary(open.model, arrivals);
    if (!boundary.isRewritten) {
      open.close();
      return loaded(await openSession(path, settings), boundary, {
        explain: (error) => error,
        release: async () => undefined,
      });
    }
    folder = await makeTemporaryFolder();
    const copy = join(folder, basename(path));
    const explain = (error: unknown): unknown => explained(error, { copy, path, boundary });
    await writeCopy(open, copy, settings.signal);
    open.close();
    const session = await openSession(copy, settings).catch((error: unknown) => {
      throw explain(error);
    });
    const made = folder;
    folder = (await removeTemporaryFolder(made)) ? null : made;
    const left = folder;
    folder = null;
    return loaded(session, boundary, {
      explain,
      release: async () => {
        if (left !== null) await removeTemporaryFolder(left);
      },
    });
  } finally {
    open.close();
    if (folder !== null) await removeTemporaryFolder(folder);
  }
}

/** Loads a model in ORT format, of whose structure nothing is known but what the runtime tells. */
export async function loadOrtModel(path: string, settings: SessionSettings): Promise<LoadedModel> {
  const session = await openSession(path, settings);
  const reason = 'it is no tensor; of a model in ORT format, only tensors can be passed';
  const { inputs, outputs } = session;
  const boundary: Boundary = {
    inputs: inputs.map(({ name, isTensor, dtype }) =>
      isTensor
        ? plainInput(name, dtype)
        : unpassableInput({ name, kind: 'tensor', dtype: null }, reason),
    ),
    outputs: outputs.map(({ name, isTensor }) =>
      isTensor ? plainOutput(name) : unpassableOutput(name, reason),
    ),
    isRewritten: false,
  };
  try {
    refuseUnreachable(path, boundary);
  } catch (error) {
    await session.close();
    throw error;
  }
  const release = async (): Promise<void> => undefined;
  return loaded(session, boundary, { explain: (error) => error, release });
}

function loaded(
  session: Session,
  boundary: Boundary,
  { explain, release }: Pick<LoadedModel, 'explain'> & { release: () => Promise<void> },
): LoadedModel {
  return {
    session,
    boundary: asTheRuntimeSees(boundary, session),
    explain,
    close: async () => {
      await session.close();
      await release();
    },
  };
}

/** Types that files leave out are known only now. */
function asTheRuntimeSees(boundary: Boundary, session: Session): Boundary {
  const inputs = boundary.inputs.map((input) => {
    const info = session.inputs.find((each) => each.name === input.name);
    return input.dtype === null && info !== undefined ? { ...input, dtype: info.dtype } : input;
  });
  const outputs = boundary.outputs.map((output) => {
    const info = session.outputs.find((each) => each.name === output.name);
    const isOther = info !== undefined && !info.isTensor && output.unpassable === null;
    if (!isOther) return output;
    return unpassableOutput(output.name, 'it is no tensor, and the model does not say what it is');
  });
  return { ...boundary, inputs, outputs };
}

function refuseUnreachable(path: string, { inputs, outputs }: Boundary): void {
  const input = inputs.find((each) => each.unpassable !== null);
  if (input !== undefined) {
    throw new MlkitError(
      'MODEL_UNSUPPORTED',
      `cannot run ${path}: input "${input.name}" cannot be fed: ${input.unpassable}`,
      { hint: 'Cut the model behind that input, or convert it to take a tensor.' },
    );
  }
  const [first] = outputs;
  if (first === undefined || outputs.some((output) => output.unpassable === null)) return;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot run ${path}: output "${first.name}" cannot be had: ${first.unpassable}`,
    { hint: 'Cut the model before that output, where it is still a tensor.' },
  );
}

/**
 * Constants that together have more bytes go to a file of their own: the runtime maps such a file and
 * holds them once, where it reads a model file of that size into memory and copies them out of it.
 */
const mostBytesInside = 64 * 1024 * 1024;

async function writeCopy(
  { model, folder }: OpenModel,
  copy: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = `${basename(copy)}.data`;
  const external =
    bytesOfConstants(model) > mostBytesInside ? ({ file } as const) : ('embed' as const);
  await saveModel(model, copy, { external, folder, ...(signal !== undefined && { signal }) });
}

function bytesOfConstants(model: Model): number {
  let bytes = 0;
  for (const { tensor } of tensorsOf(model)) bytes += tensor.byteLength;
  return bytes;
}

/** The error of a copy in words about the model. */
function explained(
  error: unknown,
  { copy, path, boundary }: { copy: string; path: string; boundary: Boundary },
): unknown {
  if (!(error instanceof MlkitError)) return error;
  const { code, hint, cause } = error;
  const inWords = (text: string): string => withOwnNames(text.replaceAll(copy, path), boundary);
  const message = inWords(error.message) + ofCasts(error.message, boundary);
  return new MlkitError(code, message, { hint: inWords(hint), cause });
}

function withOwnNames(text: string, { inputs }: Boundary): string {
  let result = text;
  for (const { name, carriers } of inputs) {
    for (const carrier of carriers) {
      if (carrier !== name) result = result.replaceAll(`"${carrier}"`, `"${name}"`);
    }
  }
  return result;
}

/** A Cast that the runtime has no kernel for may be one of ours. */
function ofCasts(message: string, { inputs, outputs }: Boundary): string {
  if (!message.includes('no kernel for Cast ')) return '';
  const notes = [...inputs, ...outputs].flatMap(({ note }) =>
    note?.includes('through a Cast') ? [note] : [],
  );
  return notes.length === 0 ? '' : ` (${notes.join('; ')})`;
}
