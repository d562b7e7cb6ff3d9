import type { Model } from '../../graph/index.ts';
import type { Change } from '../pass.ts';

/** A change that says which value it is about, where it is about one. */
export interface FixChange extends Change {
  readonly value?: string;
}

/**
 * A pass that mends what a check finds, without changing what the model computes. It changes the
 * model in place; run again, it changes nothing. What it should mend and cannot is a change with the
 * action `blocked`.
 */
export interface Fix {
  /** As in reports: `sort-nodes`. */
  readonly name: string;
  /** Codes of the findings that it mends; it is run only where there is one. */
  readonly mends: readonly string[];
  /** Codes of findings in whose presence it would guess what is meant, and is not run. */
  readonly unless?: readonly string[];
  /** One line. */
  readonly summary: string;
  run(model: Model): FixChange[];
}
