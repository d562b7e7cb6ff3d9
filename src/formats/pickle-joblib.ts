import { elementCountOf } from '../tensor/index.ts';
import { isJoblibArray, numpyTypeOf } from './pickle-numpy.ts';
import { entryOf, type PickleCall, sizesOf } from './pickle-values.ts';

/** What follows an object in the place of an array. */
export interface InlineArray {
  /** Null where that is not known. */
  readonly bytes: number | null;
  /** Whether a number and as many bytes come before, to align the array. */
  readonly hasPadding: boolean;
  /** Whether it is a pickle of its own. */
  readonly isObjects: boolean;
}

/**
 * Bytes of the array that follows when an object that was just filled is joblib's place-holder; null
 * for any other object.
 *
 * Source: https://joblib.readthedocs.io/en/stable/persistence.html, and files that joblib 1.6 wrote
 */
export function inlineArrayBytes(object: PickleCall): InlineArray | null {
  if (!isJoblibArray(object)) return null;
  const { state } = object;
  const type = numpyTypeOf(entryOf(state, 'dtype'));
  const count = elementCountOf(sizesOf(entryOf(state, 'shape')) ?? [Number.NaN]);
  const isObjects = type?.kind === 'O';
  const isKnown = count !== null && type !== null && !isObjects && type.itemBytes !== null;
  return {
    bytes: isKnown ? count * type.itemBytes : null,
    hasPadding: !isObjects && typeof entryOf(state, 'numpy_array_alignment_bytes') === 'number',
    isObjects,
  };
}
