import { MlkitError } from '../errors.ts';
import { dataTypes, isTensor, type Tensor, type TensorValue } from '../tensor/index.ts';
import { classNames } from './labels.ts';

/**
 * Counts how many rows a model gets right, sample by sample. Classes are read from the first output
 * that can hold them: text or integers with one entry a row, else floats with one row of scores a
 * row, whose greatest counts.
 */
export class Scorer {
  readonly #labels: readonly string[];
  /** The output that classes are read from, once one was seen. */
  output: string | null = null;
  /** For each row so far, whether it is right. */
  readonly right: boolean[] = [];

  constructor(labels: readonly string[]) {
    this.#labels = labels;
  }

  /** @throws MlkitError INPUT_DATA when no output has classes, or there are too few labels. */
  add(values: ReadonlyMap<string, TensorValue>, rows: number): void {
    const outputs = tensorsIn(values);
    const from = this.right.length;
    if (from + rows > this.#labels.length) {
      throw new MlkitError(
        'INPUT_DATA',
        `there are ${this.#labels.length} labels for at least ${from + rows} rows of inputs`,
        { hint: 'Give one label a row.' },
      );
    }
    this.output ??= classOutput(outputs, rows);
    const tensor = this.output === null ? undefined : outputs.get(this.output);
    const classes = tensor === undefined ? null : classesOf(tensor, rows);
    if (classes === null) {
      const shapes = [...outputs].map(
        ([name, { dtype, dims }]) => `"${name}" ${dtype}[${dims.join(', ')}]`,
      );
      throw new MlkitError(
        'INPUT_DATA',
        `no output has a class for each of ${rows} rows: ${shapes.join(', ')}`,
        {
          hint: 'Accuracy needs scores of shape [rows, classes], or one class a row.',
        },
      );
    }
    for (const [at, name] of classes.entries()) this.right.push(name === this.#labels[from + at]);
  }

  get hits(): number {
    return this.right.filter(Boolean).length;
  }
}

function tensorsIn(values: ReadonlyMap<string, TensorValue>): Map<string, Tensor> {
  return new Map([...values].flatMap(([name, value]) => (isTensor(value) ? [[name, value]] : [])));
}

function classOutput(outputs: ReadonlyMap<string, Tensor>, rows: number): string | null {
  const fitting = [...outputs].filter(([, tensor]) => classesOf(tensor, rows) !== null);
  const plain = fitting.find(([, tensor]) => dataTypes[tensor.dtype].kind !== 'float');
  return (plain ?? fitting[0])?.[0] ?? null;
}

/** The class of each row, or null where the tensor has none. */
function classesOf(tensor: Tensor, rows: number): string[] | null {
  const { dtype } = tensor;
  const dims = tensor.dims.filter((size, axis) => axis === 0 || size !== 1);
  if (tensor.dims.length === 0 || dims[0] !== rows) return null;
  if (dataTypes[dtype].kind !== 'float') {
    const canBeClass = dtype !== 'bool' && dims.length === 1;
    return canBeClass
      ? classNames(tensor, () => {
          throw new TypeError('not whole');
        })
      : null;
  }
  const [, classes = 0] = dims;
  if (dims.length !== 2 || classes < 2) return null;
  const values = tensor.toFloat64();
  return Array.from({ length: rows }, (_, row) =>
    String(greatest(values.subarray(row * classes, (row + 1) * classes))),
  );
}

/** The place of the greatest value, the first of equals; -1, which is no class, where one is NaN. */
function greatest(scores: Float64Array): number {
  let best = 0;
  for (const [at, score] of scores.entries()) {
    if (Number.isNaN(score)) return -1;
    if (score > (scores[best] ?? 0)) best = at;
  }
  return best;
}
