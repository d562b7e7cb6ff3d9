import type { Value } from '../../graph/index.ts';
import type { Finding } from '../../report/index.ts';
import type { Constant } from '../constants.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { FileDigest } from './digest-files.ts';
import type { HalfRange } from './half-range.ts';
import type { ReadValues } from './read-values.ts';

/** What reading the weights has shown. */
export interface ValueFacts extends ReadValues {
  readonly facts: ModelFacts;
  /** The value that a constant is, for initializers and Constant nodes. */
  readonly valueOf: ReadonlyMap<Constant, Value>;
  /** How float parameters that are wider would fit float16. */
  readonly halfRanges: ReadonlyMap<Constant, HalfRange>;
  /** Digests of constants that have type and shape in common with another. */
  readonly digests: ReadonlyMap<Constant, string>;
  /** Of the data files that the model states a checksum for. */
  readonly fileDigests: readonly FileDigest[];
}

/**
 * One thing that can be wrong with weights, or remarkable about them. Adding one is a file and a line
 * in the index of this folder.
 */
export interface ValueCheck {
  /** Codes of what it finds; no other check has them. */
  readonly codes: readonly string[];
  /** One line. */
  readonly summary: string;
  /** In file order. */
  run(values: ValueFacts): Finding[];
}

/** What findings about weights have in common: whoever loads the model takes them as they are. */
export const tolerated: { readonly spec: 'ok'; readonly runtime: 'accepts' } = {
  spec: 'ok',
  runtime: 'accepts',
};
