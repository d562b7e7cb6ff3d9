import { MlkitError } from '../errors.ts';
import { formatShape } from '../graph/index.ts';
import type { Feeds } from '../runtime/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { convertElements } from './convert-elements.ts';
import { describeInput, type ModelInput } from './inputs.ts';
import type { SourcedArray } from './sources.ts';

/** An array that goes to an input, in the input's element type. */
export interface MatchedArray {
  readonly input: ModelInput;
  readonly tensor: Tensor;
  readonly source: string;
}

/** The arrays that inputs get, and the names of those that none takes. */
export interface Matching {
  readonly arrays: readonly MatchedArray[];
  readonly unused: readonly string[];
}

/**
 * Finds each input its array by name, and brings the array to the input's element type where that
 * keeps the values (see {@link convertElements}). Inputs that take sequences are left out.
 *
 * @throws MlkitError INPUT_DATA when a required input has no array, or one of another type.
 */
export function matchInputs(
  found: ReadonlyMap<string, SourcedArray>,
  inputs: readonly ModelInput[],
): Matching {
  const missing = inputs.filter(
    (input) => isArray(input) && !input.isOptional && !found.has(input.name),
  );
  if (missing.length > 0) {
    throw new MlkitError(
      'INPUT_DATA',
      `cannot feed the model: it needs ${missing.map(quoted).join(', ')}; found ${describeArrays(found)}`,
      {
        hint: 'Name the arrays after the inputs, or give them one by one: --inputs NAME=file.npy.',
      },
    );
  }
  const arrays = inputs.flatMap((input) => {
    const array = found.get(input.name);
    return array === undefined ? [] : [matched(input, array)];
  });
  const taken = new Set(arrays.map(({ input }) => input.name));
  return { arrays, unused: [...found.keys()].filter((name) => !taken.has(name)) };
}

/** Whether it must be fed, and with one array. */
function isArray({ containers }: ModelInput): boolean {
  return !containers.includes('sequence') && !containers.includes('optional');
}

/**
 * A feed in which the optionals that have no value have none.
 *
 * @throws MlkitError INPUT_DATA when the feed has no value for another input.
 */
export function completed(feed: Feeds, inputs: readonly ModelInput[]): Feeds {
  const left = inputs.filter((input) => !input.isOptional && !feed.has(input.name));
  if (left.length === 0) return feed;
  const missing = left.filter(({ containers }) => !containers.includes('optional'));
  if (missing.length === 0)
    return new Map([...feed, ...left.map(({ name }) => [name, null] as const)]);
  throw new MlkitError(
    'INPUT_DATA',
    `cannot feed the model: it needs ${missing.map(quoted).join(', ')}`,
    { hint: 'Sequences can be given as files of an ONNX test data set: --inputs FOLDER.' },
  );
}

function matched(input: ModelInput, { tensor, source }: SourcedArray): MatchedArray {
  if (input.containers.includes('sequence')) {
    throw new MlkitError(
      'INPUT_DATA',
      `input ${quoted(input)} takes a sequence, and ${source} has one array for it`,
      { hint: 'Sequences can be given as files of an ONNX test data set: --inputs FOLDER.' },
    );
  }
  const conversion = convertElements(tensor, input.dtype);
  if ('reason' in conversion) {
    throw new MlkitError(
      'INPUT_DATA',
      `cannot feed input ${quoted(input)} with ${tensor.dtype}${formatShape(tensor.dims)} of ${source}: ${conversion.reason}`,
      { hint: `Save the array as ${input.dtype}.` },
    );
  }
  const note = conversion.note === null ? '' : ` (${conversion.note})`;
  const named = conversion.tensor.with({ name: input.name });
  return { input, tensor: named, source: source + note };
}

function quoted(input: ModelInput): string {
  return `"${input.name}" ${describeInput(input)}`;
}

function describeArrays(found: ReadonlyMap<string, SourcedArray>): string {
  const all = [...found].map(
    ([name, { tensor }]) => `"${name}" ${tensor.dtype}${formatShape(tensor.dims)}`,
  );
  return all.length === 0 ? 'nothing' : all.join(', ');
}
