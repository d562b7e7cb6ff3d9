/** The ends of an interval of a share, 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5% quantile of the normal distribution. */
const z95 = 1.959963984540054;

/**
 * The 95% Wilson score interval of a share: what the true share may be, given `hits` of `total`.
 * The whole range where there is nothing to go by.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
 * Journal of the American Statistical Association 22 (1927)
 */
export function wilsonInterval(hits: number, total: number): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = hits / total;
  const z2 = z95 ** 2;
  const centre = (share + z2 / (2 * total)) / (1 + z2 / total);
  const half =
    (z95 / (1 + z2 / total)) * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total ** 2));
  // At the ends the formula gives exactly 0 or 1, but for rounding.
  return {
    low: hits === 0 ? 0 : Math.max(centre - half, 0),
    high: hits === total ? 1 : Math.min(centre + half, 1),
  };
}
