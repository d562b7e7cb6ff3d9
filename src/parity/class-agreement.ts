import { QuantileSketch } from './quantile-sketch.ts';
import { TopClasses, topCount } from './top-classes.ts';

/** Rows whose sum is this close to 1, and that have no negative value, are probabilities. */
const sumTolerance = 1e-3;

/**
 * Where the reference has a class and the candidate gives it nothing, it is credited with this much
 * (what float32 can just tell apart from 1), so that one class alone does not make the sum infinite.
 */
const leastProbability = 2 ** -23;

/**
 * Reads outputs as scores of classes along their last axis: how often the greatest class is the
 * same, and how far the distributions are apart. Rows with a value that is not finite are left out.
 */
export class ClassAgreement {
  rows = 0;
  agreeing = 0;
  /** Of each row whose greatest class is another: by how much the reference prefers its own. */
  readonly flipMargins: QuantileSketch = new QuantileSketch();
  /** Divergences of the rows in nats. */
  readonly kl: QuantileSketch = new QuantileSketch();
  /** Rows in which the reference has a class to which the candidate gives nothing at all. */
  unboundedRows = 0;
  #jsSum = 0;
  #klSum = 0;
  #probabilityRows = 0;
  #topRows = 0;
  #topAgreeing = 0;
  readonly #top = new TopClasses();

  /** Whether an output of this shape can be scores at all: [rows, classes] or [batch, rows, classes]. */
  static fits(dims: readonly number[]): boolean {
    return (dims.length === 2 || dims.length === 3) && (dims.at(-1) ?? 0) >= 2;
  }

  /** Whether all rows of the reference are probabilities. */
  get isProbabilities(): boolean {
    return this.rows > 0 && this.#probabilityRows === this.rows;
  }

  /** Mean of KL(reference ‖ candidate) in nats, or null without rows. */
  get klMean(): number | null {
    return this.rows === 0 ? null : Math.max(this.#klSum / this.rows, 0);
  }

  /** Mean Jensen-Shannon divergence in nats, at most ln 2, of the rows whose KL is not finite. */
  get jsMean(): number | null {
    return this.unboundedRows === 0 ? null : this.#jsSum / this.unboundedRows;
  }

  /** Share of rows with the same five greatest classes; null where there are not more than five. */
  get top5Agreement(): number | null {
    return this.#topRows === 0 ? null : this.#topAgreeing / this.#topRows;
  }

  add(reference: ArrayLike<number>, candidate: ArrayLike<number>, classes: number): void {
    const p = new Float64Array(classes);
    const q = new Float64Array(classes);
    for (let start = 0; start + classes <= reference.length; start += classes) {
      let sumP = 0;
      let sumQ = 0;
      let [least, bestP, bestQ] = [Number.POSITIVE_INFINITY, 0, 0];
      for (let i = 0; i < classes; i += 1) {
        const left = reference[start + i] as number;
        const right = candidate[start + i] as number;
        p[i] = left;
        q[i] = right;
        sumP += left;
        sumQ += right;
        if (left < least) least = left;
        if (left > (p[bestP] as number)) bestP = i;
        if (right > (q[bestQ] as number)) bestQ = i;
      }
      // The sum of a row is finite only if its values are, but for an overflow that none survives.
      if (!Number.isFinite(sumP) || !Number.isFinite(sumQ)) continue;
      this.rows += 1;
      if (bestP === bestQ) this.agreeing += 1;
      else this.flipMargins.add((p[bestP] ?? 0) - (p[bestQ] ?? 0));
      this.#addTop(p, q);
      this.#addDivergence(p, q, least >= 0 && Math.abs(sumP - 1) <= sumTolerance);
    }
  }

  #addTop(p: Float64Array, q: Float64Array): void {
    if (p.length <= topCount) return;
    this.#topRows += 1;
    if (this.#top.areSame(p, q)) this.#topAgreeing += 1;
  }

  #addDivergence(p: Float64Array, q: Float64Array, isProbability: boolean): void {
    if (isProbability) {
      this.#probabilityRows += 1;
      normalise(p);
      normalise(q);
    } else {
      softmax(p);
      softmax(q);
    }
    const kl = divergence(p, q);
    this.#klSum += kl;
    this.kl.add(Math.max(kl, 0));
    if (p.every((share, i) => share === 0 || q[i] !== 0)) return;
    this.unboundedRows += 1;
    this.#jsSum += jensenShannon(p, q);
  }
}

/** Half the divergences of both from their mean: finite where the one has what the other lacks. */
function jensenShannon(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i += 1) {
    const [left, right] = [p[i] ?? 0, q[i] ?? 0];
    const mean = (left + right) / 2;
    if (left > 0) sum += left * Math.log(left / mean);
    if (right > 0) sum += right * Math.log(right / mean);
  }
  return Math.max(sum / 2, 0);
}

function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i += 1) {
    const share = p[i] ?? 0;
    if (share === 0) continue;
    sum += share * Math.log(share / Math.max(q[i] ?? 0, Math.min(share, leastProbability)));
  }
  return sum;
}

/** Makes a row of shares that sum to 1; negative ones, as rounding leaves them, count as 0. */
function normalise(row: Float64Array): void {
  let sum = 0;
  for (const value of row) if (value > 0) sum += value;
  for (let i = 0; i < row.length; i += 1) row[i] = sum === 0 ? 0 : Math.max(row[i] ?? 0, 0) / sum;
}

function softmax(row: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of row) if (value > most) most = value;
  let sum = 0;
  for (let i = 0; i < row.length; i += 1) {
    const power = Math.exp((row[i] ?? 0) - most);
    row[i] = power;
    sum += power;
  }
  for (let i = 0; i < row.length; i += 1) row[i] = (row[i] ?? 0) / sum;
}
