import type { Finding, Severity } from '../report/index.ts';
import type { ModelFacts } from './model-facts.ts';

/** A finding before it is known how much it matters, which is for its check to say. */
export interface Issue<Code extends string = string> extends Omit<Finding, 'code' | 'severity'> {
  readonly code: Code;
}

/**
 * One thing that can be wrong with a model, or remarkable about it. Adding one is a file in `rules/`
 * and a line in its index.
 */
export interface Check<Code extends string = string> {
  /** Codes of what it finds; no other check has them. */
  readonly codes: readonly Code[];
  /** How much they matter. */
  readonly severity: Severity;
  /** One line. */
  readonly summary: string;
  /**
   * What it finds, in file order. It reads no weights: of constants it looks at what `facts` says,
   * and of data files at where they are and how large.
   */
  run(facts: ModelFacts): Issue<Code>[];
}
