import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fromFileError, MlkitError } from '../errors.ts';
import { openModel, saveModel } from '../onnx/index.ts';
import {
  type Feeds,
  openSession,
  type Session,
  type SessionSettings,
  type ValueInfo,
} from '../runtime/index.ts';
import { isTensor, type Tensor, type TensorValue } from '../tensor/index.ts';
import { type Boundary, type Passage, rewriteBoundary } from './boundary.ts';
import { carry } from './carry.ts';
import { isOrtFormat } from './ort-format.ts';

/**
 * A loaded model that takes and gives tensors in the model's own names and types, also those that
 * the runtime's binding cannot pass.
 */
export interface Runnable {
  /** In the model's order. */
  readonly inputs: readonly Pick<ValueInfo, 'name' | 'dtype'>[];
  readonly outputs: readonly RunnableOutput[];
  /** What had to be done for it, for the report. */
  readonly notes: readonly string[];
  /**
   * Runs the model once.
   *
   * @param names The outputs to compute; default: all that can be passed.
   * @throws MlkitError as `Session.run` does.
   */
  run(feeds: Feeds, names?: readonly string[]): Promise<Map<string, TensorValue>>;
  /** Never throws. */
  close(): Promise<void>;
}

export interface RunnableOutput {
  readonly name: string;
  /** Why it cannot be had; null: it can. */
  readonly unpassable: string | null;
  /** Of scores that the model gives as a list of maps: the keys. */
  readonly keys: readonly string[] | null;
}

/**
 * Loads a model in a process of its own. One whose inputs or outputs the binding cannot pass is
 * loaded from a temporary copy with Casts at its border (see {@link rewriteBoundary}).
 *
 * @throws MlkitError as `openModel` and `openSession` do; MODEL_UNSUPPORTED when no output at all can
 *   be passed.
 */
export async function openRunnable(path: string, settings: SessionSettings): Promise<Runnable> {
  if (isOrtFormat(path)) {
    const session = await openSession(path, settings);
    return new BorderedSession(path, null, session, boundaryOf(session));
  }
  const { boundary, copy } = await prepare(path);
  try {
    const session = await openSession(copy ?? path, settings);
    return new BorderedSession(path, copy, session, boundary);
  } catch (error) {
    await removeCopy(copy);
    throw copy === null ? error : renamed(error, copy, path);
  }
}

/** What there is to know of a model whose structure only the runtime can read. */
function boundaryOf({ inputs, outputs }: Session): Boundary {
  const passage = ({ name, isTensor }: ValueInfo): Passage => ({
    name,
    carrier: isTensor ? name : null,
    dtype: null,
    keys: null,
    note: isTensor ? null : 'it is no tensor, which onnxruntime-node cannot pass',
  });
  return { inputs: inputs.map(passage), outputs: outputs.map(passage), isRewritten: false };
}

/** The boundary, and where the copy is if there had to be one. */
async function prepare(path: string): Promise<{ boundary: Boundary; copy: string | null }> {
  const open = openModel(path);
  let copy: string | null = null;
  try {
    const boundary = rewriteBoundary(open.model);
    refuseUnreachable(path, boundary);
    if (boundary.isRewritten) {
      copy = join(await temporaryFolder(), basename(path));
      await saveModel(open.model, copy, { external: 'embed', folder: open.folder });
    }
    return { boundary, copy };
  } catch (error) {
    await removeCopy(copy);
    throw error;
  } finally {
    open.close();
  }
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'mlkit-'));
  } catch (error) {
    const { code, message } = fromFileError('cannot make a temporary folder in', tmpdir(), error);
    throw new MlkitError(code, message, {
      hint: 'Point the environment variable TMPDIR (TEMP on Windows) to a folder that can be written to.',
      cause: error,
    });
  }
}

function refuseUnreachable(path: string, { outputs }: Boundary): void {
  const [first] = outputs;
  if (first === undefined || outputs.some((output) => output.carrier !== null)) return;
  throw new MlkitError(
    'MODEL_UNSUPPORTED',
    `cannot run ${path}: output "${first.name}" cannot be had: ${first.note ?? ''}`,
    { hint: 'Cut the model before that output, where it is still a tensor.' },
  );
}

async function removeCopy(copy: string | null): Promise<void> {
  if (copy === null) return;
  // A file that is still open stays behind on Windows; the system clears its temporary folder.
  await rm(join(copy, '..'), { recursive: true, force: true }).catch(() => undefined);
}

/** The error of a copy in words about the model. */
function renamed(error: unknown, copy: string, path: string): unknown {
  if (!(error instanceof MlkitError)) return error;
  const { code, message, hint, cause } = error;
  return new MlkitError(code, message.replaceAll(copy, path), { hint, cause });
}

class BorderedSession implements Runnable {
  readonly inputs: readonly Pick<ValueInfo, 'name' | 'dtype'>[];
  readonly outputs: readonly RunnableOutput[];
  readonly notes: readonly string[];
  readonly #path: string;
  readonly #copy: string | null;
  readonly #session: Session;
  readonly #boundary: Boundary;

  constructor(path: string, copy: string | null, session: Session, boundary: Boundary) {
    this.#path = path;
    this.#copy = copy;
    this.#session = session;
    this.#boundary = boundary;
    const { inputs, outputs } = boundary;
    this.inputs = inputs.flatMap((passage) => {
      const info = session.inputs.find((input) => input.name === passage.carrier);
      return info === undefined ? [] : [{ name: passage.name, dtype: passage.dtype ?? info.dtype }];
    });
    this.outputs = outputs.map(({ name, carrier, keys, note }) => ({
      name,
      keys,
      unpassable: carrier === null ? note : null,
    }));
    this.notes = [...inputs, ...outputs]
      .filter((each) => each.carrier !== null)
      .flatMap((each) => each.note ?? []);
  }

  async run(feeds: Feeds, names?: readonly string[]): Promise<Map<string, TensorValue>> {
    const wanted = this.#boundary.outputs.filter(
      ({ name, carrier }) => carrier !== null && (names?.includes(name) ?? true),
    );
    try {
      const carried = new Map([...feeds].map(([name, tensor]) => this.#toCarrier(name, tensor)));
      const fetches = wanted.map(({ carrier }) => carrier ?? '');
      const { outputs } = await this.#session.run(carried, fetches);
      return new Map(wanted.flatMap((passage) => fromCarrier(passage, outputs)));
    } catch (error) {
      throw this.#copy === null ? error : renamed(error, this.#copy, this.#path);
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
    await removeCopy(this.#copy);
  }

  #toCarrier(name: string, tensor: TensorValue): [string, TensorValue] {
    const passage = this.#boundary.inputs.find((each) => each.name === name);
    const carrier = passage?.carrier;
    if (!carrier || carrier === name || !isTensor(tensor)) return [name, tensor];
    const dtype = this.#session.inputs.find((input) => input.name === carrier)?.dtype;
    // A tensor of another type is left for the session to refuse.
    const isRight = dtype && tensor.dtype === passage.dtype;
    return [carrier, isRight ? carry(tensor, dtype, carrier) : tensor];
  }
}

function fromCarrier(
  { name, carrier, dtype }: Passage,
  outputs: ReadonlyMap<string, Tensor>,
): [string, Tensor][] {
  const tensor = outputs.get(carrier ?? '');
  if (tensor === undefined) return [];
  return [[name, dtype === null ? tensor : carry(tensor, dtype, name)]];
}
