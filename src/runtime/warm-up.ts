const windowRuns = 10;
const windowMs = 250;
const capMs = 10_000;
const leastRuns = 3;
const agreement = 0.02;

/** Decides when an `auto` warm-up may end. Fed with each run's time. */
export class SettleDetector {
  #window: number[] = [];
  #windowMs = 0;
  #runs = 0;
  #previousMedian: number | null = null;
  /** Every run, until there are windows to compare. */
  #all: number[] = [];
  /** Null as long as there were no two windows to compare. */
  #windowsAgree: boolean | null = null;

  /**
   * @param ms Time of one run.
   * @param elapsedMs Wall time since the warm-up began.
   * @returns Whether the warm-up is over.
   */
  add(ms: number, elapsedMs: number): boolean {
    this.#runs++;
    if (this.#windowsAgree === null) this.#all.push(ms);
    this.#window.push(ms);
    this.#windowMs += ms;
    if (this.#window.length >= windowRuns && this.#windowMs >= windowMs) this.#closeWindow();
    return this.#windowsAgree === true || (elapsedMs >= capMs && this.#runs >= leastRuns);
  }

  /** Whether the times had stopped drifting. */
  get settled(): boolean {
    // Slow models do not get to a second window before the cap.
    return this.#windowsAgree ?? halvesAgree(this.#all);
  }

  #closeWindow(): void {
    const current = median(this.#window);
    if (this.#previousMedian !== null) {
      this.#windowsAgree = agree(this.#previousMedian, current);
      this.#all = [];
    }
    this.#previousMedian = current;
    this.#window = [];
    this.#windowMs = 0;
  }
}

/** Whether the medians of the first and the second half agree within 2 %; false below 3 runs a half. */
export function halvesAgree(samples: readonly number[]): boolean {
  const half = Math.floor(samples.length / 2);
  if (half < 3) return false;
  return agree(median(samples.slice(0, half)), median(samples.slice(samples.length - half)));
}

function agree(before: number, after: number): boolean {
  return Math.abs(after - before) <= agreement * before;
}

/** The middle value; the mean of the two middle ones of an even number. */
function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}
