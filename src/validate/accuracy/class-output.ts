import { MlkitError } from '../../errors.ts';
import { dataTypes, isTensor, type Tensor, type TensorValue } from '../../tensor/index.ts';

/**
 * How an output tells classes.
 * - `classes`: text or an integer for each row;
 * - `scores`: a number for each class, of which the greatest counts;
 * - `flag`: true or false for each row, classes 1 and 0;
 * - `single`: one number for each row, above a threshold for class 1, else class 0.
 */
export type ClassForm = 'classes' | 'scores' | 'flag' | 'single';

/** The output that classes are read from. */
export interface ClassOutput {
  readonly name: string;
  readonly form: ClassForm;
}

/** What is told more plainly goes first; 8-bit integers a class may also be something else. */
const preferences: readonly (readonly [ClassForm, 'float' | 'other'])[] = [
  ['classes', 'other'],
  ['scores', 'float'],
  ['flag', 'other'],
  ['scores', 'other'],
  ['single', 'float'],
];

/**
 * The output with a class for each row: the named one, or the first of the plainest form.
 *
 * @throws MlkitError INPUT_DATA when there is none, USAGE when the named one is not there.
 */
export function findClassOutput(
  values: ReadonlyMap<string, TensorValue>,
  rows: number,
  named: string | null,
): ClassOutput {
  if (named !== null && !values.has(named)) throw noSuchOutput(named, values);
  const outputs = [...values].filter(([name]) => named === null || name === named);
  const fitting = outputs.flatMap(([name, value]) => {
    const form = isTensor(value) ? formOf(value, rows) : null;
    if (form === null || !isTensor(value)) return [];
    const kind = dataTypes[value.dtype].kind === 'float' ? 'float' : 'other';
    return [{ name, form, kind }];
  });
  for (const [form, kind] of preferences) {
    const found = fitting.find((each) => each.form === form && each.kind === kind);
    if (found !== undefined) return { name: found.name, form };
  }
  throw new MlkitError(
    'INPUT_DATA',
    `no output has a class for each of ${rows} rows: ${shapesOf(outputs)}`,
    { hint: 'Accuracy needs scores of shape [rows, classes], or one class a row.' },
  );
}

/** The form in which a tensor tells the classes of so many rows; null: it does not. */
export function formOf(tensor: Tensor, rows: number): ClassForm | null {
  const perRow = valuesPerRow(tensor, rows);
  if (perRow === null || perRow === 0) return null;
  const { kind, bits } = dataTypes[tensor.dtype];
  switch (kind) {
    case 'float':
      return perRow === 1 ? 'single' : 'scores';
    case 'bool':
      return perRow === 1 ? 'flag' : null;
    case 'complex':
      return null;
    default:
      if (perRow === 1) return 'classes';
      // Quantized networks may give their scores as they are.
      return bits === 8 && kind !== 'string' ? 'scores' : null;
  }
}

/**
 * How many values each row has, where they lie along one axis at most: [rows, classes],
 * [rows, classes, 1, 1], or [classes] for a single row. Null where the shape is another.
 */
export function valuesPerRow({ dims }: Tensor, rows: number): number | null {
  const [first, ...rest] = dims;
  const isBatched = first === rows && rest.filter((size) => size !== 1).length <= 1;
  if (isBatched) return rest.reduce((product, size) => product * size, 1);
  const isOneRow = rows === 1 && dims.filter((size) => size !== 1).length <= 1;
  return isOneRow ? dims.reduce((product, size) => product * size, 1) : null;
}

/** The elements as the names of classes: whole numbers as their digits, text as it is. */
export function classNames(tensor: Tensor): string[] {
  if (tensor.dtype === 'string') return tensor.toStrings();
  const data = tensor.data();
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Array.from(data, String);
  }
  return Array.from(tensor.toFloat64(), String);
}

/** @returns MlkitError USAGE that names the outputs there are. */
export function noSuchOutput(named: string, values: ReadonlyMap<string, TensorValue>): MlkitError {
  return new MlkitError('USAGE', `--label-output ${named}: the model has no such output`, {
    hint: `Its outputs are ${[...values.keys()].join(', ')}.`,
  });
}

/** Outputs with their types, for messages. */
export function shapesOf(outputs: Iterable<readonly [string, TensorValue]>): string {
  return [...outputs]
    .map(([name, value]) => {
      if (!isTensor(value)) return `"${name}" ${value === null ? 'without a value' : 'a sequence'}`;
      return `"${name}" ${value.dtype}[${value.dims.join(', ')}]`;
    })
    .join(', ');
}
