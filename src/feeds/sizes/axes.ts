/** An axis counted from the front; null when it is out of range. */
export function axisOf(axis: number, rank: number): number | null {
  const positive = axis < 0 ? axis + rank : axis;
  return positive >= 0 && positive < rank ? positive : null;
}

/** Number of elements of a shape. */
export function countOf(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
