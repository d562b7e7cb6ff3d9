import type { DataType } from '../tensor/index.ts';
import { npyTypes } from './npy-header.ts';
import {
  entryOf,
  globalName,
  isObject,
  itemsOf,
  type PickleCall,
  type PickleValue,
  sizesOf,
} from './pickle-values.ts';

/** A type of NumPy, as far as a pickle says it. */
export interface NumpyType {
  /** NumPy's letter: `f`, `i`, `U`, `O`, … */
  readonly kind: string;
  readonly dtype: DataType | null;
  readonly itemBytes: number | null;
}

/** An array that a pickle describes. */
export interface NumpyArray {
  readonly type: NumpyType | null;
  readonly shape: readonly number[];
}

/** What `numpy.dtype('f4', False, True)` is; null for anything else. */
export function numpyTypeOf(value: PickleValue | undefined): NumpyType | null {
  if (!isObject(value) || value.kind !== 'call' || globalName(value.callee) !== 'numpy.dtype') {
    return null;
  }
  const [descr] = value.args;
  const found = /^[<>|=]?([a-zA-Z])(\d*)$/.exec(typeof descr === 'string' ? descr : '');
  if (found === null) return null;
  const [, kind = '', digits = ''] = found;
  const items = digits === '' ? null : Number(digits);
  return {
    kind,
    dtype: npyTypes[kind + digits] ?? null,
    itemBytes: items === null ? null : items * (kind === 'U' ? 4 : 1),
  };
}

/**
 * The array that a call makes: `_reconstruct` filled with a shape and a type, or `_frombuffer`, as
 * protocol 5 has it; null for anything else.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.ndarray.__setstate__.html
 */
export function numpyArrayOf(value: PickleValue): NumpyArray | null {
  if (!isObject(value) || value.kind !== 'call') return null;
  const name = globalName(value.callee) ?? '';
  if (/^numpy\.(core|_core)\.multiarray\._reconstruct$/.test(name)) {
    const [, shape, type] = itemsOf(value.state);
    return described(shape, type);
  }
  if (/^numpy\.(core|_core)\.numeric\._frombuffer$/.test(name)) {
    return described(value.args[2], value.args[1]);
  }
  if (isJoblibArray(value)) {
    return described(entryOf(value.state, 'shape'), entryOf(value.state, 'dtype'));
  }
  return null;
}

/** Whether an object is what joblib puts in the place of an array. */
export function isJoblibArray({ callee, args }: PickleCall): boolean {
  // Made as old protocols do, the class is the first argument.
  return [callee, ...args].some(
    (value) => globalName(value) === 'joblib.numpy_pickle.NumpyArrayWrapper',
  );
}

function described(
  shapeValue: PickleValue | undefined,
  typeValue: PickleValue | undefined,
): NumpyArray | null {
  const shape = sizesOf(shapeValue);
  return shape === null ? null : { type: numpyTypeOf(typeValue), shape };
}
