import { MlkitError } from '../../errors.ts';
import { isTensor, type Tensor, type TensorValue } from '../../tensor/index.ts';
import {
  type ClassOutput,
  classNames,
  findClassOutput,
  formOf,
  shapesOf,
  valuesPerRow,
} from './class-output.ts';
import type { ClassLabels } from './labels.ts';
import { rankOf } from './rank.ts';

export interface ScorerOptions {
  /** Also count rows whose label is among so many of the greatest scores; null: the greatest alone. */
  readonly topK: number | null;
  /** The output that classes are read from; null: the first of the plainest form. */
  readonly output: string | null;
}

/** Names of the columns of outputs that were lists of maps. */
export type OutputKeys = ReadonlyMap<string, readonly string[] | null>;

/** What became of each row. */
export interface ScoredRows {
  readonly right: readonly boolean[];
  /** The class that the model gave; null where a score is NaN. */
  readonly predicted: readonly (string | null)[];
  /** Whether the label is among the k greatest; null where that is not asked for, or not defined. */
  readonly inTopK: readonly boolean[] | null;
  /** What separates two classes in one column; null: classes are told otherwise. */
  readonly threshold: number | null;
}

/** Below 0 and above 1 by no more than this, numbers are still probabilities, quantized ones. */
const probabilitySlack = 0.01;

/**
 * Follows which rows a model gets right, sample by sample. A row whose scores have a NaN is wrong; of
 * equal scores the first is the greatest, as in ArgMax and TopK.
 */
export class Scorer {
  readonly labels: ClassLabels;
  readonly topK: number | null;
  readonly #wanted: string | null;
  #found: ClassOutput | null = null;
  /** Column of each class, where columns have names. */
  #columns: ReadonlyMap<string, number> | null = null;
  /** How many classes the scores have; 0: there are no scores. */
  classes = 0;
  readonly #predicted: (string | null)[] = [];
  /** How many scores are ahead of the label's, by row. */
  readonly #ranks: number[] = [];
  /** The numbers of an output with one for each row. */
  readonly #single: number[] = [];
  /** Rows whose label is none of the model's names. */
  unknownLabels = 0;

  constructor(labels: ClassLabels, options: ScorerOptions = { topK: null, output: null }) {
    this.labels = labels;
    this.topK = options.topK;
    this.#wanted = options.output;
  }

  /** The output that classes are read from, once one was seen. */
  get output(): string | null {
    return this.#found?.name ?? null;
  }

  /** How that output tells classes. */
  get form(): ClassOutput['form'] | null {
    return this.#found?.form ?? null;
  }

  /** Rows so far. */
  get rows(): number {
    return Math.max(this.#predicted.length, this.#single.length);
  }

  /**
   * Adds the outputs of one sample.
   *
   * @param rows Rows in the sample.
   * @param keys For outputs whose columns have names: these names.
   * @throws MlkitError INPUT_DATA when no output has classes, there are too few labels, or they are
   *   not of the kind that the model gives; USAGE when the output asked for is not there.
   */
  add(values: ReadonlyMap<string, TensorValue>, rows: number, keys?: OutputKeys): void {
    refuseMissingLabels(this.labels, this.rows + rows);
    this.#found ??= findClassOutput(values, rows, this.#wanted);
    const { name, form } = this.#found;
    const tensor = values.get(name);
    if (!isTensor(tensor) || formOf(tensor, rows) !== form) {
      throw new MlkitError(
        'INPUT_DATA',
        `output "${name}" has no class for each of ${rows} rows any more: ${shapesOf([[name, tensor ?? null]])}`,
      );
    }
    if (form === 'scores') this.#addScores(tensor, rows, keys?.get(name) ?? null);
    else if (form === 'single') this.#addSingle(tensor, rows);
    else this.#addClasses(tensor, rows, form);
  }

  /**
   * Whether the numbers of one column look like logits: the threshold is then 0, else 0.5. Null where
   * classes are not read from one.
   */
  get threshold(): number | null {
    if (this.form !== 'single') return null;
    const isProbability = (value: number): boolean =>
      Number.isNaN(value) || (value >= -probabilitySlack && value <= 1 + probabilitySlack);
    return this.#single.every(isProbability) ? 0.5 : 0;
  }

  /**
   * What became of the rows.
   *
   * @param threshold For two classes in one column; by default, this model's own.
   */
  finish(threshold: number | null = this.threshold): ScoredRows {
    const predicted =
      this.form === 'single'
        ? this.#single.map((value) => binaryClass(value, threshold ?? 0.5))
        : this.#predicted;
    const { names } = this.labels;
    const k = this.topK;
    return {
      predicted,
      right: predicted.map((name, row) => name !== null && name === names[row]),
      inTopK: k === null || k >= this.classes ? null : this.#ranks.map((rank) => rank < k),
      threshold: this.form === 'single' ? threshold : null,
    };
  }

  #addScores(tensor: Tensor, rows: number, keys: readonly string[] | null): void {
    const width = valuesPerRow(tensor, rows) ?? 0;
    this.#columns ??= keys?.length === width ? new Map(keys.map((key, at) => [key, at])) : null;
    this.classes = Math.max(this.classes, width);
    const values = tensor.toFloat64();
    const from = this.rows;
    if (from === 0) this.#refuseStrangers();
    for (let row = 0; row < rows; row += 1) {
      const scores = values.subarray(row * width, (row + 1) * width);
      const { best, rank } = rankOf(scores, this.#column(from + row, width));
      this.#predicted.push(best < 0 ? null : (keys?.[best] ?? String(best)));
      this.#ranks.push(rank);
    }
  }

  /** The column of a row's label; -1 where the model does not have it. */
  #column(row: number, width: number): number {
    const label = this.labels.names[row] ?? '';
    if (this.#columns !== null) {
      const column = this.#columns.get(label) ?? -1;
      if (column < 0) this.unknownLabels += 1;
      return column;
    }
    const column = isWhole(label) ? Number(label) : -1;
    if (column >= 0 && column < width) return column;
    const { source, place } = this.labels;
    throw new MlkitError(
      'INPUT_DATA',
      `the labels ${source} have "${label}" in ${place(row)}, and output "${this.output ?? ''}" has the classes 0 to ${width - 1}`,
      { hint: 'Are these the labels of this model? Its classes are numbered from 0.' },
    );
  }

  /** Labels of which the model knows none. */
  #refuseStrangers(): void {
    const columns = this.#columns;
    if (columns === null || this.labels.names.some((name) => columns.has(name))) return;
    const known = [...columns.keys()].slice(0, 5).join(', ');
    throw this.#otherKind(0, `output "${this.output ?? ''}" has the classes ${known}`);
  }

  #addSingle(tensor: Tensor, rows: number): void {
    const from = this.rows;
    for (let row = from; row < from + rows; row += 1) {
      const label = this.labels.names[row];
      if (label !== '0' && label !== '1') {
        throw this.#otherKind(row, `output "${this.output ?? ''}" has one number a row`);
      }
    }
    for (const value of tensor.toFloat64()) this.#single.push(value);
  }

  #addClasses(tensor: Tensor, rows: number, form: 'classes' | 'flag'): void {
    const names = classNames(tensor);
    const from = this.rows;
    const labels = this.labels.names.slice(from, from + rows);
    const strange = labels.findIndex((label) => !isWhole(label));
    if (tensor.dtype !== 'string' && strange >= 0) {
      const what = form === 'flag' ? 'true or false' : 'whole numbers';
      throw this.#otherKind(from + strange, `output "${this.output ?? ''}" gives ${what}`);
    }
    if (tensor.dtype === 'string' && strange < 0 && !names.some(isWhole)) {
      const given = `gives text ("${names[0] ?? ''}")`;
      throw this.#otherKind(from, `output "${this.output ?? ''}" ${given}`);
    }
    for (const name of names) this.#predicted.push(name);
  }

  #otherKind(row: number, outputGives: string): MlkitError {
    const { source, names, place } = this.labels;
    const label = names[row] ?? '';
    const kind = isWhole(label) ? 'whole numbers' : 'text';
    const isMeasured = this.form === 'single' && isWhole(label);
    return new MlkitError(
      'INPUT_DATA',
      `the labels ${source} are ${kind} ("${label}" in ${place(row)}), and ${outputGives}`,
      {
        hint: isMeasured
          ? 'A classifier with one column has the classes 0 and 1; for numbers to be met, give --task regression.'
          : 'Give the labels as the model gives its classes: numbers from 0, or the same texts.',
      },
    );
  }
}

/** @throws MlkitError INPUT_DATA when there are fewer labels than rows. */
export function refuseMissingLabels(
  { source, rows }: Pick<ClassLabels, 'source' | 'rows'>,
  needed: number,
): void {
  if (needed <= rows) return;
  throw new MlkitError(
    'INPUT_DATA',
    `there are ${rows} labels in ${source} for at least ${needed} rows of inputs`,
    { hint: 'Give one label a row.' },
  );
}

function binaryClass(value: number, threshold: number): string | null {
  if (Number.isNaN(value)) return null;
  return value > threshold ? '1' : '0';
}

function isWhole(text: string): boolean {
  return /^-?\d+$/.test(text);
}
