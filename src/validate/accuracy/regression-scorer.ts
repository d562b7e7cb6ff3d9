import { MlkitError } from '../../errors.ts';
import { dataTypes, isTensor, type Tensor, type TensorValue } from '../../tensor/index.ts';
import { noSuchOutput, shapesOf } from './class-output.ts';
import type { ValueLabels } from './labels.ts';
import type { RegressionErrors } from './report.ts';
import { refuseMissingLabels } from './score.ts';

/** Squared errors of the rows are kept in pieces of so many. */
const pieceRows = 4096;

/**
 * Follows how far a model is from labels that are numbers, sample by sample, in float64. Of each row
 * only the squared error is kept. Rows with NaN or Inf are counted and left out.
 */
export class RegressionScorer {
  readonly labels: ValueLabels;
  readonly #wanted: string | null;
  /** The output that values are read from, once one was seen. */
  output: string | null = null;
  /** Rows so far. */
  rows = 0;
  readonly #squares: Float64Array[] = [];
  #absolute = 0;
  #maxError = 0;
  #nonFiniteRows = 0;
  /** Sums of squares by target, of finite rows. */
  readonly #targetSquares: Float64Array;
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;

  /** @param output The output that values are read from; null: the first that fits. */
  constructor(labels: ValueLabels, output: string | null = null) {
    this.labels = labels;
    this.#wanted = output;
    this.#targetSquares = new Float64Array(labels.targets);
  }

  /**
   * Adds the outputs of one sample.
   *
   * @param rows Rows in the sample.
   * @throws MlkitError INPUT_DATA when no output has as many numbers a row as the labels, or there are
   *   too few labels; USAGE when the output asked for is not there.
   */
  add(values: ReadonlyMap<string, TensorValue>, rows: number): void {
    refuseMissingLabels(this.labels, this.rows + rows);
    this.output ??= this.#findOutput(values, rows);
    const tensor = values.get(this.output);
    if (!isTensor(tensor) || !this.#fits(tensor, rows)) {
      throw this.#noValues([[this.output, tensor ?? null]], rows);
    }
    const { targets } = this.labels;
    const found = tensor.toFloat64();
    for (let row = 0; row < rows; row += 1) {
      this.#addRow(found.subarray(row * targets, (row + 1) * targets));
    }
  }

  /** Squared error of each row, summed over its targets; NaN where it is not finite. */
  squares(): Float64Array {
    const all = new Float64Array(this.rows);
    for (const [at, piece] of this.#squares.entries()) {
      const from = at * pieceRows;
      all.set(piece.subarray(0, Math.min(pieceRows, this.rows - from)), from);
    }
    return all;
  }

  /** Whether every row was given the same number. */
  get isConstant(): boolean {
    return this.rows > 1 && this.#least === this.#greatest;
  }

  finish(): RegressionErrors {
    const count = (this.rows - this.#nonFiniteRows) * this.labels.targets;
    const squares = this.#targetSquares.reduce((sum, each) => sum + each, 0);
    return {
      mae: count === 0 ? Number.NaN : this.#absolute / count,
      rmse: count === 0 ? Number.NaN : Math.sqrt(squares / count),
      r2: this.#r2(),
      maxError: count === 0 ? Number.NaN : this.#maxError,
      nonFiniteRows: this.#nonFiniteRows,
    };
  }

  /** RMSE of each target. */
  byTarget(): number[] {
    const rows = this.rows - this.#nonFiniteRows;
    return Array.from(this.#targetSquares, (squares) => Math.sqrt(squares / rows));
  }

  #addRow(found: Float64Array): void {
    const { targets, values } = this.labels;
    const from = this.rows * targets;
    const isFinite = found.every((value) => Number.isFinite(value));
    let square = isFinite ? 0 : Number.NaN;
    if (!isFinite) this.#nonFiniteRows += 1;
    else {
      for (const [target, value] of found.entries()) {
        const error = value - (values[from + target] ?? 0);
        this.#absolute += Math.abs(error);
        this.#maxError = Math.max(this.#maxError, Math.abs(error));
        square += error * error;
        this.#targetSquares[target] = (this.#targetSquares[target] ?? 0) + error * error;
        this.#least = Math.min(this.#least, value);
        this.#greatest = Math.max(this.#greatest, value);
      }
    }
    const at = this.rows % pieceRows;
    if (at === 0) this.#squares.push(new Float64Array(pieceRows));
    const piece = this.#squares.at(-1);
    if (piece !== undefined) piece[at] = square;
    this.rows += 1;
  }

  /** Of the finite rows: the mean over the targets of 1 − squared error / spread of the labels. */
  #r2(): number | null {
    const { targets, values } = this.labels;
    const squares = this.squares();
    const rows = this.rows - this.#nonFiniteRows;
    let total = 0;
    for (let target = 0; target < targets; target += 1) {
      const labels = new Float64Array(rows);
      let at = 0;
      for (const [row, square] of squares.entries()) {
        if (Number.isNaN(square)) continue;
        labels[at] = values[row * targets + target] ?? 0;
        at += 1;
      }
      const mean = labels.reduce((sum, each) => sum + each, 0) / rows;
      const spread = labels.reduce((sum, each) => sum + (each - mean) ** 2, 0);
      if (spread === 0) return null;
      total += 1 - (this.#targetSquares[target] ?? 0) / spread;
    }
    return rows === 0 ? null : total / targets;
  }

  #findOutput(values: ReadonlyMap<string, TensorValue>, rows: number): string {
    const wanted = this.#wanted;
    if (wanted !== null && !values.has(wanted)) throw noSuchOutput(wanted, values);
    const outputs = [...values].filter(([name]) => wanted === null || name === wanted);
    const fitting = outputs.filter(([, value]) => isTensor(value) && this.#fits(value, rows));
    const isFloat = (value: TensorValue): boolean =>
      isTensor(value) && dataTypes[value.dtype].kind === 'float';
    const [name] = fitting.find(([, value]) => isFloat(value)) ?? fitting[0] ?? [];
    if (name === undefined) throw this.#noValues(outputs, rows);
    return name;
  }

  #fits(tensor: Tensor, rows: number): boolean {
    const { targets } = this.labels;
    const { kind } = dataTypes[tensor.dtype];
    if (kind === 'string' || kind === 'complex' || kind === 'bool') return false;
    const isBatched = tensor.dims[0] === rows || rows === 1;
    return isBatched && tensor.elementCount === rows * targets;
  }

  #noValues(outputs: Iterable<readonly [string, TensorValue]>, rows: number): MlkitError {
    const { source, targets } = this.labels;
    const numbers = targets === 1 ? 'one number' : `${targets} numbers`;
    return new MlkitError(
      'INPUT_DATA',
      `the labels ${source} have ${numbers} a row, and no output has as many for each of ${rows} rows: ${shapesOf(outputs)}`,
      { hint: 'Are these the labels of this model? Classes are whole numbers or text.' },
    );
  }
}
