type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Write access to the parts of the graph, for this folder only: everyone else sees them readonly,
 * so that uses, producers and names can never disagree.
 */
export function mutable<T>(part: T): Mutable<T> {
  return part;
}
