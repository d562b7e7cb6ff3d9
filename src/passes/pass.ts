import type { Model } from '../graph/index.ts';

/** What became of a part of the model. `blocked`: it should have changed and could not. */
export type ChangeAction = 'kept' | 'rewritten' | 'decomposed' | 'removed' | 'blocked';

/** One thing that a pass did, or could not do, with its reason. */
export interface Change {
  /** Name of the pass. */
  readonly pass: string;
  /** Label of the node that it is about; null where it is about a value or the model as a whole. */
  readonly node: string | null;
  readonly action: ChangeAction;
  /** For a person to read: what it was, what it is now, and why. */
  readonly reason: string;
}

/**
 * An edit of a whole model. It changes the model in place, or throws before it has changed anything
 * when the settings do not fit.
 */
export interface Pass<Settings> {
  /** As in reports: `fix-shapes`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What was changed; empty when nothing had to be. */
  run(model: Model, settings: Settings): Change[];
}
