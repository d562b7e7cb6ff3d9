import { setImmediate as nextTurn } from 'node:timers/promises';
import { MlkitError } from '../../errors.ts';
import { throwIfAborted } from '../../onnx/index.ts';
import { type Constant, sharedConstants } from '../constants.ts';
import { spansBeyond } from '../data-files.ts';
import type { ModelFacts } from '../model-facts.ts';
import { measureTensor, type TensorStats } from './stats.ts';

export interface ValueServices {
  /** Told how far reading weights has come. */
  readonly onProgress?: (doneBytes: number, totalBytes: number, tensor: string) => void;
  /** Stops the reading of weights. */
  readonly signal?: AbortSignal;
}

/** A constant that could not be read, and why; those that other checks report are left out. */
export interface Unreadable {
  readonly constant: Constant;
  readonly message: string;
}

export interface ReadValues {
  /** Null for constants without values to describe, and for those that could not be read. */
  readonly stats: ReadonlyMap<Constant, TensorStats | null>;
  readonly unreadable: readonly Unreadable[];
}

/** Shown the bytes of one constant, piece by piece; it must not keep them. */
export type ByteObserver = (bytes: Uint8Array) => void;

/** How long reading goes on before the terminal and Ctrl-C get a turn. */
const turnMs = 50;

/** Gives the terminal and Ctrl-C a turn now and then. */
export class Turns {
  readonly #services: ValueServices;
  readonly #total: number;
  #done = 0;
  #last: number = performance.now();

  constructor(services: ValueServices, total: number) {
    this.#services = services;
    this.#total = total;
  }

  /** @throws MlkitError INTERRUPTED. */
  async after(bytes: number, what: string): Promise<void> {
    this.#done += bytes;
    if (performance.now() - this.#last <= turnMs) return;
    const { onProgress, signal } = this.#services;
    onProgress?.(this.#done, this.#total, what);
    await nextTurn();
    throwIfAborted(signal);
    this.#last = performance.now();
  }
}

/**
 * Reads all constants, each piece of storage once, and describes their values.
 *
 * @param observerOf Who is shown the bytes of a constant besides; null for nobody.
 * @throws MlkitError INTERRUPTED.
 */
export async function readValues(
  facts: ModelFacts,
  services: ValueServices,
  observerOf: (constant: Constant) => ByteObserver | null = () => null,
): Promise<ReadValues> {
  const { constants } = facts;
  const explained = knownUnreadable(facts);
  const stats = new Map<Constant, TensorStats | null>();
  const unreadable: Unreadable[] = [];
  const shared = sharedConstants(constants);
  const twinOf = (each: Constant): Constant | undefined => {
    const first = shared.get(each);
    return first?.tensor.elementType === each.tensor.elementType ? first : undefined;
  };
  const own = constants.filter((each) => twinOf(each) === undefined);
  const turns = new Turns(
    services,
    own.reduce((sum, each) => sum + each.bytes, 0),
  );
  for (const constant of own) {
    try {
      const steps = measureTensor(constant.tensor, observerOf(constant) ?? undefined);
      let step = steps.next();
      while (step.done !== true) {
        await turns.after(step.value, constant.name);
        step = steps.next();
      }
      stats.set(constant, step.value);
    } catch (error) {
      if (!(error instanceof MlkitError) || error.code === 'INTERRUPTED') throw error;
      stats.set(constant, null);
      if (!explained.has(constant)) unreadable.push({ constant, message: error.message });
    }
  }
  for (const each of constants) {
    const twin = twinOf(each);
    if (twin !== undefined) stats.set(each, stats.get(twin) ?? null);
  }
  return { stats, unreadable };
}

/** Constants that cannot be read for reasons that checks report without reading them. */
function knownUnreadable({ constants, dataFiles }: ModelFacts): ReadonlySet<Constant> {
  const known = new Set(constants.filter((each) => each.tensor.storage.external?.problem));
  for (const use of dataFiles) {
    const spans = use.file instanceof MlkitError ? use.spans : spansBeyond(use);
    for (const { constant } of spans) known.add(constant);
  }
  return known;
}
