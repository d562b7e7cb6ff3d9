import { formatInteger } from '../report/index.ts';

/** How sure a claim is. */
const confidence = 0.95;

/**
 * The share of all rows that surely agree, given how many of some did: the one-sided 95% bound of
 * Clopper and Pearson, which is exact. With no row that differs it is 0.05^(1/rows).
 *
 * Claims are one-sided, as nobody minds agreement above the limit; the intervals that are shown
 * beside shares are two-sided (see {@link wilsonInterval}).
 *
 * Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in
 * the case of the binomial", Biometrika 26 (1934)
 *
 * @returns 0 to 1; 0 where nothing agrees or there is no row.
 */
export function agreementAtLeast(agreeing: number, rows: number): number {
  if (agreeing <= 0) return 0;
  const differing = rows - agreeing;
  if (differing === 0) return (1 - confidence) ** (1 / rows);
  // At the bound, so few differing rows have a chance of 5%; it falls as the share does.
  let [low, high] = [0, agreeing / rows];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(differing, rows, 1 - middle) < 1 - confidence) low = middle;
    else high = middle;
  }
  return low;
}

/** Rows that must agree, all of them, before a share of at least `limit` can be claimed. */
export function rowsNeeded(limit: number): number {
  if (limit <= 0) return 0;
  return limit >= 1
    ? Number.POSITIVE_INFINITY
    : Math.ceil(Math.log(1 - confidence) / Math.log(limit));
}

/** What that many rows show: `0 of 50 rows flip: at least 94% agree, at 95% confidence`. */
export function agreementClaim(agreeing: number, rows: number): string {
  const flips = `${formatInteger(rows - agreeing)} of ${formatInteger(rows)} rows ${rows - agreeing === 1 ? 'flips' : 'flip'}`;
  return `${flips}: at least ${roundedShare(agreementAtLeast(agreeing, rows))} agree, at 95% confidence`;
}

/** Rounded down, and close to 100% with as many decimals as tell it from that. */
function roundedShare(share: number): string {
  const missing = 100 * (1 - share);
  const decimals = missing >= 1 ? 0 : Math.ceil(-Math.log10(missing));
  const scale = 10 ** decimals;
  return `${(Math.floor(100 * share * scale) / scale).toFixed(decimals)}%`;
}

/** The chance of at most `count` events in `total` tries, each with a chance of `share`. */
function chanceOfAtMost(count: number, total: number, share: number): number {
  // The greatest of the terms is the last below the mean; sums are taken relative to the last.
  let logarithm = total * Math.log1p(-share);
  let sum = Math.exp(logarithm);
  const odds = Math.log(share) - Math.log1p(-share);
  for (let i = 1; i <= count; i += 1) {
    logarithm += Math.log((total - i + 1) / i) + odds;
    sum += Math.exp(logarithm);
  }
  return sum;
}
