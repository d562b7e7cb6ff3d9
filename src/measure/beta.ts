/** Bernoulli numbers B₂ₖ/(2k(2k−1)), k = 1…8: the coefficients of Stirling's series. */
const stirling: readonly number[] = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360_360,
  1 / 156,
  -3617 / 122_400,
];

/** From here on, eight terms of the series leave an error below 1e-16. */
const stirlingFrom = 10;

/**
 * The natural logarithm of Γ(x), x > 0, to about 1e-15 of its size.
 *
 * Source: https://dlmf.nist.gov/5.11#E1 (Stirling's series), https://dlmf.nist.gov/5.5#E1 (recurrence)
 */
export function lnGamma(x: number): number {
  let z = x;
  let product = 1;
  for (; z < stirlingFrom; z += 1) product *= z;
  let series = 0;
  for (const term of stirling.toReversed()) series = series / (z * z) + term;
  const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
  return (z - 0.5) * Math.log(z) - z + halfLogTwoPi + series / z - Math.log(product);
}

/**
 * The regularised incomplete beta function Iₓ(a, b), 0 ≤ x ≤ 1, a and b > 0, by its continued
 * fraction. Its cost grows with √max(a, b).
 *
 * Source: https://dlmf.nist.gov/8.17#E22 (the fraction), https://dlmf.nist.gov/8.17#E4 (symmetry)
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side only; the other side is its complement.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const lnBeta = lnGamma(a) + lnGamma(b) - lnGamma(a + b);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - lnBeta) / a;
  return front / continuedFraction(x, a, b);
}

const mostTerms = 100_000;

/**
 * 1 + d₁/(1 + d₂/(1 + …)), evaluated forwards by Lentz's method.
 *
 * Source: https://doi.org/10.1016/0021-9991(86)90046-X
 */
function continuedFraction(x: number, a: number, b: number): number {
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let term = 1; term <= mostTerms; term += 1) {
    const coefficient = fractionCoefficient(term, x, a, b);
    numerator = awayFromZero(1 + coefficient / numerator);
    denominator = 1 / awayFromZero(1 + coefficient * denominator);
    const factor = numerator * denominator;
    value *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) return value;
  }
  throw new RangeError(`the incomplete beta function of ${x}, ${a}, ${b} does not converge`);
}

function fractionCoefficient(term: number, x: number, a: number, b: number): number {
  const m = term >> 1;
  const scale = x / ((a + term - 1) * (a + term));
  return term % 2 === 0 ? m * (b - m) * scale : -(a + m) * (a + b + m) * scale;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/**
 * The probability of at most `k` successes in `n` trials that succeed with probability `p` each.
 *
 * Source: https://dlmf.nist.gov/8.17#E5
 */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(1 - p, n - k, k + 1);
}
