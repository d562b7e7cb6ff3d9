/** How many of the greatest classes are compared as a set. */
export const topCount = 5;

/** Where the greatest values of two rows are; what it keeps is overwritten by the next row. */
export class TopClasses {
  readonly #reference = new Int32Array(topCount);
  readonly #candidate = new Int32Array(topCount);

  /** Whether the five greatest values of two rows are in the same places, in whatever order. */
  areSame(reference: Float64Array, candidate: Float64Array): boolean {
    greatest(reference, this.#reference);
    greatest(candidate, this.#candidate);
    return this.#reference.every((place) => this.#candidate.includes(place));
  }
}

/** Puts the places of the greatest values, of equal ones the first, in descending order. */
function greatest(row: Float64Array, places: Int32Array): void {
  let kept = 0;
  let least = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i += 1) {
    const value = row[i] as number;
    if (kept === places.length && value <= least) continue;
    if (kept < places.length) kept += 1;
    let at = kept - 1;
    while (at > 0 && value > (row[places[at - 1] as number] as number)) {
      places[at] = places[at - 1] as number;
      at -= 1;
    }
    places[at] = i;
    least = row[places[kept - 1] as number] as number;
  }
}
