import { MlkitError } from '../errors.ts';
import type { Model } from '../graph/index.ts';
import type { Feeds } from '../runtime/index.ts';
import type { ModelInput } from './inputs.ts';
import { type MatchedArray, matchInputs } from './match-inputs.ts';
import { readInputData } from './sources.ts';
import { splitRows, wholeFeed } from './split-rows.ts';

/** Feeds made of the user's files. */
export interface FileFeeds {
  readonly feeds: readonly Feeds[];
  readonly rowsPerFeed: readonly number[];
  /** The arrays of the first feed before they were cut. */
  readonly arrays: readonly MatchedArray[];
  readonly notes: readonly string[];
}

/**
 * Feeds from the values of `--inputs`.
 *
 * @throws MlkitError as `readInputData`, `matchInputs` and `splitRows` do.
 */
export function fileFeeds(
  sources: readonly string[],
  model: Model,
  inputs: readonly ModelInput[],
  batch: number | undefined,
): FileFeeds {
  const data = readInputData(sources, model, inputs);
  const matchings = data.sets.map((set, at) =>
    matchInputs(set, fedWithArrays(inputs, data.others[at])),
  );
  const [first] = matchings;
  if (first === undefined) throw new MlkitError('USAGE', '--inputs was given no value');
  const unused = [...new Set(matchings.flatMap((each) => each.unused))];
  const notes = [...data.notes];
  if (unused.length > 0) {
    notes.push(`not used, because no input has the name: ${unused.join(', ')}`);
  }
  const splits = data.isSamples
    ? matchings.map(({ arrays }) => wholeFeed(arrays))
    : [splitRows(first.arrays, batch)];
  return {
    feeds: splits.flatMap((split, at) =>
      split.feeds.map((feed) => withOthers(feed, data.others[at])),
    ),
    rowsPerFeed: splits.flatMap((split) => split.rowsPerFeed),
    arrays: first.arrays,
    notes: [...notes, ...new Set(splits.flatMap((split) => split.notes))],
  };
}

/** The inputs that need an array: not those that have a value already, or may be absent. */
function fedWithArrays(inputs: readonly ModelInput[], others: Feeds | undefined): ModelInput[] {
  return inputs
    .filter((input) => others?.has(input.name) !== true)
    .map((input) => {
      const mayBeAbsent = input.containers.includes('optional');
      return mayBeAbsent ? { ...input, isOptional: true } : input;
    });
}

function withOthers(feed: Feeds, others: Feeds | undefined): Feeds {
  return others === undefined || others.size === 0 ? feed : new Map([...feed, ...others]);
}
