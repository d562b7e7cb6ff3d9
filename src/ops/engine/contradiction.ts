/**
 * How far a contradiction goes: `rejects`: ONNX's own inference refuses the model, and so does the
 * runtime; `refuses`: only the runtime does not load it; `fails`: it loads, and fails when the node
 * is run; `declared-type`: the file declares
 * another type than the one that follows, which both refuse; `declared-shape`: another shape, which
 * ONNX refuses and the runtime replaces, with a warning.
 */
export type ContradictionKind =
  | 'rejects'
  | 'refuses'
  | 'fails'
  | 'declared-type'
  | 'declared-shape';

/** Something in a model that cannot be, by the types and shapes around it. */
export interface Contradiction {
  readonly kind: ContradictionKind;
  /** Path of the graph. */
  readonly graph: string;
  /** Label of the node; absent for an input or constant of the graph. */
  readonly node?: string;
  /** The value whose declaration is contradicted. */
  readonly value?: string;
  readonly message: string;
  /** Whether it stands where the model may never come, as in a branch. */
  readonly isOptional: boolean;
}
