import { existsSync } from 'node:fs';
import { MlkitError } from '../errors.ts';
import { readNpy, readNpz, readWholeFile } from '../feeds/index.ts';
import { dataTypes, type Tensor } from '../tensor/index.ts';

/**
 * The right class of each row, as text, so that integers and names compare alike.
 *
 * @param source The name of an array in a `.npz` of `inputs`, or a `.npy` file.
 * @throws MlkitError USAGE when there is no such array or file, INPUT_DATA when it holds no labels,
 *   and whatever reading a file runs into.
 */
export function readLabels(source: string, inputs: readonly string[]): string[] {
  const tensor = source.endsWith('.npy') ? labelsFile(source) : labelsArray(source, inputs);
  const { dims, dtype } = tensor;
  const isColumn = dims.length === 2 && dims[1] === 1;
  if (dims.length !== 1 && !isColumn) {
    throw new MlkitError('INPUT_DATA', `the labels ${source} have the shape [${dims.join(', ')}]`, {
      hint: 'One label a row is needed: the shape [rows].',
    });
  }
  return classNames(tensor, () => {
    throw new MlkitError(
      'INPUT_DATA',
      `the labels ${source} are ${dtype} and not all whole numbers`,
      {
        hint: 'Save them as int64 classes, or as text.',
      },
    );
  });
}

/** Elements as the names of classes: whole numbers as their digits, text as it is. */
export function classNames(tensor: Tensor, refuse: () => never): string[] {
  if (tensor.dtype === 'string') return tensor.toStrings();
  if (dataTypes[tensor.dtype].kind === 'complex') refuse();
  const data = tensor.data();
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Array.from(data, String);
  }
  const values = tensor.toFloat64();
  if (!values.every((value) => Number.isInteger(value))) refuse();
  return Array.from(values, String);
}

function labelsFile(file: string): Tensor {
  return readNpy(readWholeFile(file, 'cannot read the labels'), file);
}

function labelsArray(name: string, inputs: readonly string[]): Tensor {
  const archives = inputs.filter((source) => source.endsWith('.npz') && existsSync(source));
  const names: string[] = [];
  for (const archive of archives) {
    const arrays = readNpz(archive);
    const found = arrays.get(name);
    if (found !== undefined) return found;
    names.push(...arrays.keys());
  }
  throw new MlkitError(
    'USAGE',
    archives.length === 0
      ? `--labels ${name}: there is no .npz among --inputs that could hold it`
      : `--labels ${name}: there is no such array in ${archives.join(', ')}`,
    {
      hint:
        names.length === 0
          ? 'Give --inputs eval.npz --labels NAME, or --labels FILE.npy.'
          : `Its arrays are ${names.join(', ')}.`,
    },
  );
}
