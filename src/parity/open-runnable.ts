import { MlkitError } from '../errors.ts';
import type { Feeds, SessionSettings } from '../runtime/index.ts';
import {
  type DataType,
  isTensor,
  type Tensor,
  type TensorValue,
  tensorsOfValue,
} from '../tensor/index.ts';
import type { Arrival, InputPassage, OutputPassage, ValueKind } from './boundary/passage.ts';
import { kindText } from './boundary/rewrite-input.ts';
import {
  type Arrivals,
  borderOf,
  type LoadedModel,
  loadModel,
  loadOrtModel,
  type ModelBorder,
} from './load-model.ts';
import { isOrtFormat } from './ort-format.ts';

/**
 * A loaded model that takes and gives values in the model's own names and types, also those that the
 * runtime's binding cannot pass.
 */
export interface Runnable {
  /** Those that must be fed, in the model's order. */
  readonly inputs: readonly RunnableInput[];
  readonly outputs: readonly RunnableOutput[];
  /** What had to be done for it, for the report. */
  readonly notes: readonly string[];
  /**
   * Runs the model once. Optionals that are not fed are absent; an input with a default may be fed too.
   * Calls are answered in order, one at a time.
   *
   * @param names The outputs to compute; default: all that can be passed.
   * @throws MlkitError as `Session.run` does, and as `openSession` does where the model has to be
   *   loaded anew, for sequences of another length.
   */
  run(feeds: Feeds, names?: readonly string[]): Promise<Map<string, TensorValue>>;
  /** Never throws. */
  close(): Promise<void>;
}

export interface RunnableInput {
  readonly name: string;
  readonly kind: ValueKind;
  /** Of its elements; null where neither the file nor the runtime says. */
  readonly dtype: DataType | null;
}

export interface RunnableOutput {
  readonly name: string;
  /** Why it cannot be had; null: it can. */
  readonly unpassable: string | null;
  /** Of scores that the model gives as a list of maps: the keys. */
  readonly keys: readonly string[] | null;
}

/** Sessions that are kept for sequences of other lengths, as each holds all constants. */
const mostSessions = 3;
const mostBytesInSessions = 768 * 1024 * 1024;

/**
 * Loads a model in a process of its own. One whose inputs or outputs the binding cannot pass is
 * loaded from a temporary copy with Casts and the like at its border (see `rewriteBoundary`); one that
 * takes sequences or optionals when it is run, once for every number of elements.
 *
 * @throws MlkitError as `openModel` and `openSession` do; MODEL_UNSUPPORTED when an input or all
 *   outputs cannot be passed.
 */
export async function openRunnable(path: string, settings: SessionSettings): Promise<Runnable> {
  if (isOrtFormat(path)) {
    const model = await loadOrtModel(path, settings);
    const { boundary } = model;
    const border = { boundary, defaults: [], isVarying: false, constantBytes: 0 };
    return new BorderedModel(path, border, model, async () => model);
  }
  const border = borderOf(path);
  const load = (arrivals: Arrivals): Promise<LoadedModel> => loadModel(path, arrivals, settings);
  const first = border.isVarying ? null : await load(new Map());
  return new BorderedModel(path, border, first, load);
}

class BorderedModel implements Runnable {
  readonly inputs: readonly RunnableInput[];
  readonly outputs: readonly RunnableOutput[];
  readonly notes: readonly string[];
  readonly #path: string;
  readonly #passages: ReadonlyMap<string, InputPassage>;
  readonly #defaults: readonly string[];
  readonly #most: number;
  readonly #load: (arrivals: Arrivals) => Promise<LoadedModel>;
  /** By what arrives; the one used last is the last. */
  readonly #models = new Map<string, LoadedModel>();
  /** Done when the run before is. */
  #queue: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(
    path: string,
    { boundary, defaults, constantBytes }: ModelBorder,
    first: LoadedModel | null,
    load: (arrivals: Arrivals) => Promise<LoadedModel>,
  ) {
    const { inputs, outputs } = first?.boundary ?? boundary;
    this.inputs = inputs.map(({ name, kind, dtype }) => ({ name, kind, dtype }));
    this.outputs = outputs.map(({ name, keys, unpassable }) => ({ name, keys, unpassable }));
    this.notes = [...inputs, ...outputs].flatMap((each) => each.note ?? []);
    this.#path = path;
    this.#passages = new Map(inputs.map((input) => [input.name, input]));
    this.#defaults = defaults;
    this.#load = load;
    this.#most = constantBytes * mostSessions > mostBytesInSessions ? 1 : mostSessions;
    if (first !== null) this.#models.set(keyOf(new Map()), first);
  }

  run(feeds: Feeds, names?: readonly string[]): Promise<Map<string, TensorValue>> {
    const result = this.#queue.then(() => this.#run(feeds, names));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const models = [...this.#models.values()];
    this.#models.clear();
    await Promise.all(models.map((model) => model.close()));
  }

  async #run(feeds: Feeds, names?: readonly string[]): Promise<Map<string, TensorValue>> {
    const { boundary, session, explain } = await this.#modelFor(this.#arrivals(feeds));
    const wanted = boundary.outputs.filter(
      ({ name, unpassable }) => unpassable === null && (names?.includes(name) ?? true),
    );
    if (wanted.length === 0) return new Map();
    try {
      const { outputs } = await session.run(carried(feeds, boundary.inputs), fetchesOf(wanted));
      return new Map(wanted.map((output) => [output.name, output.read(outputs)]));
    } catch (error) {
      throw explain(error);
    }
  }

  async #modelFor(arrivals: Arrivals): Promise<LoadedModel> {
    const key = keyOf(arrivals);
    const known = this.#models.get(key);
    this.#models.delete(key);
    if (known === undefined && this.#models.size >= this.#most) await this.#closeOldest();
    const model = known ?? (await this.#load(arrivals));
    if (this.#isClosed) {
      await model.close();
      throw new MlkitError('INTERRUPTED', `${this.#path} was closed while it was loaded`);
    }
    this.#models.set(key, model);
    return model;
  }

  async #closeOldest(): Promise<void> {
    const [oldest] = this.#models;
    if (oldest === undefined) return;
    this.#models.delete(oldest[0]);
    await oldest[1].close();
  }

  /** What the graph has to be like for these feeds. */
  #arrivals(feeds: Feeds): Arrivals {
    const arrivals = new Map<string, Arrival>();
    for (const [name, input] of this.#passages) {
      const arrival = this.#arrivalAt(input, feeds.get(name));
      if (input.kind !== 'tensor' && arrival !== null) arrivals.set(name, arrival);
    }
    for (const [name, value] of feeds) {
      if (this.#passages.has(name)) continue;
      if (!this.#defaults.includes(name)) throw this.#wrong(`it has no input "${name}"`);
      if (!isTensor(value)) throw this.#wrong(`the data for input "${name}" is no tensor`);
      arrivals.set(name, 'tensor');
    }
    return arrivals;
  }

  /** @returns Null for a tensor input without data, which the session reports. */
  #arrivalAt({ name, kind, dtype, note }: InputPassage, value: TensorValue | undefined) {
    if (value === undefined && kind === 'tensor') return null;
    if (value === undefined && kind === 'sequence') {
      throw this.#wrong(`there is no data for input "${name}"`);
    }
    const arrival = arrivalOf(value ?? null);
    if (!suits(kind, arrival)) {
      throw this.#wrong(
        `the data for input "${name}" is ${arrivalText(arrival)}; it takes ${kindText(kind)}`,
      );
    }
    const stranger = tensorsOfValue(value ?? null).find((tensor) => tensor.dtype !== dtype);
    if (stranger === undefined || note === null || dtype === null) return arrival;
    throw this.#wrong(
      `the data for input "${name}" is ${stranger.dtype}[${stranger.dims.join(', ')}]; it takes ${dtype}`,
    );
  }

  #wrong(what: string): MlkitError {
    const list = this.inputs.map(
      ({ name, kind, dtype }) => `"${name}" (${kindText(kind)} of ${dtype ?? 'any type'})`,
    );
    return new MlkitError('INPUT_DATA', `cannot run ${this.#path}: ${what}`, {
      hint: list.length === 0 ? 'It has no inputs.' : `Its inputs are ${list.join(', ')}.`,
    });
  }
}

function keyOf(arrivals: Arrivals): string {
  return JSON.stringify([...arrivals].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function arrivalOf(value: TensorValue): Arrival {
  if (value === null) return 'nothing';
  return isTensor(value) ? 'tensor' : value.length;
}

function suits(kind: ValueKind, arrival: Arrival): boolean {
  if (arrival === 'nothing') return kind === 'optional' || kind === 'optional-sequence';
  const isSequence = kind === 'sequence' || kind === 'optional-sequence';
  return isSequence === (arrival !== 'tensor');
}

function arrivalText(arrival: Arrival): string {
  if (arrival === 'nothing') return 'nothing';
  return arrival === 'tensor' ? 'a tensor' : 'a sequence';
}

function carried(feeds: Feeds, inputs: readonly InputPassage[]): Map<string, Tensor> {
  return new Map(
    inputs.flatMap((input) => {
      const value = feeds.get(input.name);
      return value === undefined ? [] : input.carry(value);
    }),
  );
}

function fetchesOf(outputs: readonly OutputPassage[]): string[] {
  return [...new Set(outputs.flatMap((output) => output.fetches))];
}
