import type { Model } from '../../graph/index.ts';
import type { ModelInput } from '../inputs.ts';
import type { KnownScalars } from './infer-with.ts';
import { KnownSizes } from './known-sizes.ts';
import { SizeSearch } from './search.ts';
import type { RankedInput, Trial } from './trial.ts';

/** Shapes for all inputs. */
export interface ChosenSizes {
  /** By name of the input; of the elements, where it takes a sequence. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Sizes of the symbols that the inputs have. */
  readonly symbols: ReadonlyMap<string, number>;
  /** What follows from them for the rest of the graph. */
  readonly known: KnownSizes;
}

/** Ranks to try for an input that does not say its own, likely ones first. */
const likelyRanks = [2, 4, 3, 1, 5, 0];

/**
 * Chooses a shape for every input: sizes that the model or the user fixes, else a start size by name
 * and place, else, where those cannot work, sizes that do. Whether sizes work is asked of type
 * inference; where none are found that do, the start sizes stay, and the runtime will say what is
 * wrong with them.
 *
 * @param given Sizes that the user fixed, by symbol; numbers of inputs that are known beforehand; and
 *   the size of batch dimensions.
 */
export function chooseSizes(
  model: Model,
  inputs: readonly ModelInput[],
  given: {
    readonly symbols: ReadonlyMap<string, number>;
    readonly scalars: KnownScalars;
    readonly batch: number;
  },
): ChosenSizes {
  const isOpen = inputs.some((input) => input.dims === null);
  const searches: SizeSearch[] = [];
  for (const rank of isOpen ? likelyRanks : [0]) {
    const ranked = inputs.map((input): RankedInput => {
      const dims = input.dims ?? Array.from({ length: rank }, () => null);
      return { ...input, dims };
    });
    const search = new SizeSearch({ ...given, model, inputs: ranked }, given.batch);
    searches.push(search);
    if (search.solve('read-off')) break;
  }
  if (searches.at(-1)?.hasFit === false) searches.find((search) => search.solve('guess'));
  const trials = searches.map(({ best }) => best);
  const [first] = trials.toSorted((a, b) => b.misfits.reach - a.misfits.reach || 0);
  if (first === undefined) throw new Error('no rank was tried');
  return chosen(model, first);
}

function chosen(model: Model, { shapes, symbols, inference }: Trial): ChosenSizes {
  return { shapes, symbols, known: new KnownSizes(model, inference, symbols) };
}
