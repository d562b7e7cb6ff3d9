/** The 97.5% quantile of the normal distribution. */
const z95 = 1.959963984540054;

/** No data set is that large; a search for its size ends here. */
const mostRows = 2 ** 50;

/** A drop in percentage points with its 95% interval. */
export interface DropInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Rows that only the first gets right, and that only the second does. */
  readonly lost: number;
  readonly gained: number;
}

/**
 * The loss of accuracy in percentage points and its 95% interval. Both models saw the same rows, so
 * only rows that one got right and the other wrong count; half a row is added to each of the four
 * cases, as otherwise no difference in few rows would look certain.
 *
 * Source: A. Agresti, Y. Min, "Simple improved confidence intervals for comparing matched
 * proportions", Statistics in Medicine 24 (2005)
 */
export function dropInterval(
  reference: readonly boolean[],
  candidate: readonly boolean[],
): DropInterval {
  const rows = reference.length;
  let [lost, gained] = [0, 0];
  for (const [at, right] of reference.entries()) {
    if (right && candidate[at] !== true) lost += 1;
    if (!right && candidate[at] === true) gained += 1;
  }
  const { low, high } = endsOf(rows, lost, gained);
  return {
    value: (100 * (lost - gained)) / rows,
    low: 100 * Math.max(low, -1),
    high: 100 * Math.min(high, 1),
    lost,
    gained,
  };
}

function endsOf(rows: number, lost: number, gained: number): { low: number; high: number } {
  const difference = (lost - gained) / (rows + 2);
  const variance = (lost + gained + 1 - (lost - gained) ** 2 / (rows + 2)) / (rows + 2) ** 2;
  const half = z95 * Math.sqrt(Math.max(variance, 0));
  return { low: difference - half, high: difference + half };
}

/**
 * How many rows it takes until the interval's upper end is within a limit, if the two models go on to
 * differ as often as they did; at least `rows`. Infinity where the drop itself is not below the limit.
 *
 * @param limitPct Percentage points.
 */
export function rowsToDecide(
  { lost, gained }: Pick<DropInterval, 'lost' | 'gained'>,
  rows: number,
  limitPct: number,
): number {
  const isWithin = (size: number): boolean => {
    const scale = size / rows;
    return 100 * endsOf(size, lost * scale, gained * scale).high <= limitPct;
  };
  if (isWithin(rows)) return rows;
  let below = rows;
  let enough = rows * 2;
  while (!isWithin(enough)) {
    below = enough;
    enough *= 2;
    if (enough > mostRows) return Number.POSITIVE_INFINITY;
  }
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (isWithin(middle)) enough = middle;
    else below = middle;
  }
  return enough;
}
