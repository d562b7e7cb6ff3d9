import type { Model, Value } from '../../graph/index.ts';
import type { ModelInput } from '../inputs.ts';
import { formulaOf, sizeOfFormula } from './expression.ts';
import { type Propagation, propagateSizes } from './propagate.ts';
import { findVariables, type Variable, variableKey } from './variables.ts';

/** Shapes for all inputs. */
export interface ChosenSizes {
  /** By name of the input. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Sizes of the symbols that the inputs have. */
  readonly symbols: ReadonlyMap<string, number>;
  /** What follows from them for the rest of the graph. */
  readonly propagation: Propagation;
}

interface RankedInput extends ModelInput {
  readonly dims: NonNullable<ModelInput['dims']>;
}

/** Ranks to try for an input that does not say its own, likely ones first. */
const likelyRanks = [2, 4, 3, 1, 5, 0];

/** Sizes to try when those to start from do not work, besides what the graph asks for. */
const commonSizes = [
  [32, 64, 128, 224, 256, 512],
  [28, 96, 112, 160, 192, 299, 320, 384, 448, 600, 640],
  [1024, 2048, 4096, 8192, 16000, 16384, 48000],
];
const triedSizes = [...commonSizes.flat(), ...Array.from({ length: 64 }, (_, at) => at + 1)];

/** How many groups of variables may be changed, one after the other. */
const mostChanges = 4;

/** Nodes looked at while sizes are searched; a search that ends early leaves the start sizes. */
const mostSteps = 1_000_000;

/**
 * Chooses a shape for every input: sizes that the model or the user fixes, else a start size by name
 * and place, else, where those cannot work, sizes that do. Whether sizes work is asked of
 * {@link propagateSizes}; where none are found that do, the start sizes stay, and the runtime will
 * say what is wrong with them.
 *
 * @param given Sizes that the user fixed, by symbol; elements of inputs that are known beforehand; and
 *   the size of batch dimensions.
 */
export function chooseSizes(
  model: Model,
  inputs: readonly ModelInput[],
  given: {
    readonly symbols: ReadonlyMap<string, number>;
    readonly integers: ReadonlyMap<Value, readonly number[]>;
    readonly batch: number;
  },
): ChosenSizes {
  const open = inputs.filter((input) => input.dims === null);
  let best: ChosenSizes | null = null;
  for (const rank of open.length === 0 ? [0] : likelyRanks) {
    const ranked = inputs.map((input): RankedInput => {
      const dims = input.dims ?? Array.from({ length: rank }, () => null);
      return { ...input, dims };
    });
    const search = new SizeSearch(model, ranked, given);
    const chosen = search.result();
    if (chosen.propagation.misfit === null) return chosen;
    if (best === null || chosen.propagation.reach > best.propagation.reach) best = chosen;
  }
  if (best === null) throw new Error('no rank was tried');
  return best;
}

interface Change {
  readonly sizes: ReadonlyMap<string, number>;
  readonly found: ChosenSizes;
}

class SizeSearch {
  readonly #model: Model;
  readonly #inputs: readonly RankedInput[];
  readonly #given: Parameters<typeof chooseSizes>[2];
  readonly #variables: readonly Variable[];
  #stepsLeft: number;

  constructor(
    model: Model,
    inputs: readonly RankedInput[],
    given: Parameters<typeof chooseSizes>[2],
  ) {
    this.#model = model;
    this.#inputs = inputs;
    this.#given = given;
    this.#variables = findVariables(inputs, given.batch);
    this.#stepsLeft = mostSteps;
  }

  result(): ChosenSizes {
    const sizes = new Map(this.#variables.map(({ key, size }) => [key, size]));
    const start = this.#try(sizes);
    const best = isPerfect(start) ? start : this.#search(sizes, start, mostChanges);
    return best.propagation.misfit === null ? best : start;
  }

  /**
   * Changes one group of variables, then others: sizes that get further are set out from in turn, those
   * that the graph asked for first. Ends at the first sizes that work.
   */
  #search(sizes: ReadonlyMap<string, number>, start: ChosenSizes, changes: number): ChosenSizes {
    const further = new Map<number, Change>();
    for (const change of this.#changes(sizes, start)) {
      if (isPerfect(change.found)) return change.found;
      const { propagation } = change.found;
      if (isBetter(propagation, start.propagation) && !further.has(propagation.reach)) {
        further.set(propagation.reach, change);
      }
    }
    let best = start;
    for (const next of further.values()) {
      const found = changes > 1 ? this.#search(next.sizes, next.found, changes - 1) : next.found;
      if (isPerfect(found)) return found;
      if (isBetter(found.propagation, best.propagation)) best = found;
    }
    return best;
  }

  /** Everything that follows from one group of variables having another size. */
  *#changes(sizes: ReadonlyMap<string, number>, start: ChosenSizes): Iterable<Change> {
    const { misfit } = start.propagation;
    const candidates = new Set([...(misfit?.wanted ?? []), ...triedSizes]);
    for (const { keys, isBatch } of this.#groups()) {
      // Rows are changed because they must be, not to please a branch that may never run.
      if (isBatch && misfit === null) continue;
      for (const size of candidates) {
        if (!Number.isSafeInteger(size) || this.#stepsLeft <= 0) continue;
        const changed = new Map([...sizes, ...keys.map((key) => [key, size] as const)]);
        yield { sizes: changed, found: this.#try(changed) };
      }
    }
  }

  /** Variables to change together: groups first, then each alone; batches last of all. */
  #groups(): { keys: string[]; isBatch: boolean }[] {
    const groups = new Map<string, string[]>();
    for (const { key, group } of this.#variables) {
      groups.set(group, [...(groups.get(group) ?? []), key]);
    }
    const together = [...groups.values()].filter((keys) => keys.length > 1);
    const alone = this.#variables.map(({ key, role }) => ({
      keys: [key],
      isBatch: role === 'batch',
    }));
    return [
      ...together.map((keys) => ({ keys, isBatch: false })),
      ...alone.toSorted((a, b) => Number(a.isBatch) - Number(b.isBatch)),
    ];
  }

  #try(sizes: ReadonlyMap<string, number>): ChosenSizes {
    const symbols = new Map([...sizes, ...this.#given.symbols]);
    const shapes = new Map<string, readonly number[]>();
    const values = new Map<Value, readonly number[]>();
    for (const input of this.#inputs) {
      const shape = input.dims.map((size, axis) => sizeOf(input, size, axis, symbols));
      shapes.set(input.name, shape);
      values.set(input.value, shape);
    }
    const { integers } = this.#given;
    const propagation = propagateSizes(this.#model, { sizes: values, integers, symbols });
    this.#stepsLeft -= propagation.steps + 10;
    return { shapes, symbols, propagation };
  }
}

function isPerfect({ propagation }: ChosenSizes): boolean {
  return propagation.misfit === null && propagation.deadBranches === 0;
}

function isBetter(a: Propagation, b: Propagation): boolean {
  return a.reach > b.reach || (a.reach === b.reach && a.deadBranches < b.deadBranches);
}

function sizeOf(
  input: RankedInput,
  size: number | string | null,
  axis: number,
  symbols: ReadonlyMap<string, number>,
): number {
  if (typeof size === 'number') return size;
  const formula = size === null || symbols.has(size) ? null : formulaOf(size);
  if (formula !== null) return Math.max(0, sizeOfFormula(formula, symbols) ?? 1);
  return symbols.get(variableKey(input, axis)) ?? 1;
}
