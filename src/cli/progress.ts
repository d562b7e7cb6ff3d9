/** Tells a waiting person how far a long operation has come. Never writes to stdout. */
export interface Progress {
  /** Begins an operation, ending the one before; `total` is the value of `done` at its end. */
  start(label: string, total?: number): void;
  update(done: number, text?: string): void;
  /** A line that stays, such as a decision taken on the way. */
  note(text: string): void;
  stop(): void;
}
