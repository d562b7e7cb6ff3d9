/** Counts operators. */
export class OperatorCounts {
  readonly #counts = new Map<string, number>();

  add(operator: string): void {
    this.#counts.set(operator, (this.#counts.get(operator) ?? 0) + 1);
  }

  /** Most frequent first. */
  toRecord(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(([, a], [, b]) => b - a));
  }
}
