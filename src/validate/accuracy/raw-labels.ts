import { existsSync } from 'node:fs';
import { MlkitError } from '../../errors.ts';
import { readNpy, readNpz, readWholeFile } from '../../feeds/index.ts';
import { dataTypes, type Tensor } from '../../tensor/index.ts';
import { readLabelColumn } from './label-column.ts';

/** Where labels come from. */
export interface LabelPlace {
  /** What they were read from, as the user named it. */
  readonly source: string;
  readonly rows: number;
  /** Where the label of a row stands, for messages: `row 3`, counted from 0, or `line 4`. */
  readonly place: (row: number) => string;
}

/** Labels as they were read, before it is decided what they mean. */
export interface RawLabels extends LabelPlace {
  readonly dtype: string;
  readonly dims: readonly number[];
  /** Null: they are text. */
  readonly numbers: Float64Array | null;
  /** The element as text, whole numbers in all their digits. */
  readonly text: (at: number) => string;
}

/**
 * Reads labels as they are.
 *
 * @param source The name of an array in a `.npz` of `inputs`, a `.npy`, `.csv` or `.txt` file.
 * @throws MlkitError USAGE when there is no such array, INPUT_DATA when it can be no labels at all, and
 *   whatever reading a file runs into.
 */
export function readRawLabels(source: string, inputs: readonly string[]): RawLabels {
  if (/\.npy$/i.test(source)) {
    const tensor = readNpy(readWholeFile(source, 'cannot read the labels'), source);
    return rawOf(tensor, source);
  }
  if (/\.(csv|txt)$/i.test(source)) return rawColumn(source);
  return rawOf(labelsArray(source, inputs), source);
}

function rawColumn(file: string): RawLabels {
  const { texts, areNumbers, firstLine } = readLabelColumn(file);
  const numbers = areNumbers ? Float64Array.from(texts, Number) : null;
  const text = (at: number): string => {
    const given = texts[at] ?? '';
    if (numbers === null) return given;
    return /^[+-]?\d+$/.test(given) ? String(BigInt(given.replace('+', ''))) : String(numbers[at]);
  };
  const place = (row: number): string => `line ${row + firstLine}`;
  const rows = texts.length;
  return { source: file, rows, place, dtype: 'text', dims: [rows], numbers, text };
}

function rawOf(tensor: Tensor, source: string): RawLabels {
  const { dtype, dims } = tensor;
  const base = { source, rows: dims[0] ?? 0, place: (row: number) => `row ${row}`, dtype, dims };
  if (dims.length === 0) {
    throw new MlkitError('INPUT_DATA', `the labels ${source} are a single value`, {
      hint: 'One label a row is needed: the shape [rows].',
    });
  }
  if (dtype === 'string') {
    const texts = tensor.toStrings();
    return { ...base, numbers: null, text: (at) => texts[at] ?? '' };
  }
  if (dataTypes[dtype].kind === 'complex') {
    throw new MlkitError('INPUT_DATA', `the labels ${source} are ${dtype}, which cannot be labels`);
  }
  const data = tensor.data();
  const numbers = tensor.toFloat64();
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { ...base, numbers, text: (at) => String(isWide ? data[at] : numbers[at]) };
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
          ? 'Give --inputs eval.npz --labels NAME, or --labels with a .npy, .csv or .txt file.'
          : `Its arrays are ${names.join(', ')}.`,
    },
  );
}
