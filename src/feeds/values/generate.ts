import { MlkitError } from '../../errors.ts';
import { limits } from '../../onnx/index.ts';
import {
  type DataType,
  dataTypes,
  elementCountOf,
  memoryStorage,
  type NumericArray,
  packElements,
  stringTensor,
  Tensor,
} from '../../tensor/index.ts';
import { encode } from '../convert-elements.ts';
import type { Random } from './random.ts';
import type { Recipe } from './recipe.ts';

/**
 * Bits of the fraction of uniform random floats: as many as the type holds exactly in [0, 1), so that
 * nothing is rounded up to 1.
 */
const fractionBits: Readonly<Partial<Record<DataType, number>>> = {
  float32: 24,
  float64: 53,
  complex64: 24,
  complex128: 53,
  float16: 11,
  bfloat16: 8,
  float8e4m3fn: 4,
  float8e4m3fnuz: 4,
  float8e5m2: 3,
  float8e5m2fnuz: 3,
  float6e2m3: 3,
  float6e3m2: 3,
  float4e2m1: 1,
};

const words = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'a', 'lazy', 'dog', 'again'];

/** Values are made as float64 and encoded in pieces of this many. */
const pieceLength = 1 << 20;

/** Text costs far more memory than numbers do. */
const mostStrings = 10_000_000;

/** What a tensor is made for. */
export interface Occasion {
  readonly random: Random;
  /** The number of the sample, from 0: masks cover less in later ones. */
  readonly sample: number;
}

/**
 * A tensor of an input's type and shape, made as its recipe says.
 *
 * @throws MlkitError LIMIT_EXCEEDED for a shape that takes more memory than a tensor may.
 */
export function generate(
  name: string,
  dtype: DataType,
  shape: readonly number[],
  recipe: Recipe,
  { random, sample }: Occasion,
): Tensor {
  const count = elementCountOf(shape) ?? Number.POSITIVE_INFINITY;
  const bytes = count * dataTypes[dtype].arrayType.BYTES_PER_ELEMENT;
  if (dtype === 'string' ? count > mostStrings : bytes > limits.tensorBytes) {
    throw new MlkitError(
      'LIMIT_EXCEEDED',
      `cannot make random values for input "${name}": ${dtype}[${shape.join(', ')}] is too large`,
      { hint: 'Give the input a smaller size with --shape or --dim.' },
    );
  }
  if (dtype === 'string') {
    const choices = recipe.values.kind === 'choices' ? recipe.values.choices : words;
    const texts = Array.from({ length: count }, () => String(pick(choices, random)));
    return stringTensor(shape, texts, name);
  }
  const next = valueMaker(dtype, shape, recipe, { random, sample });
  const elements = makeElements(name, dtype, count, next);
  const packed =
    dataTypes[dtype].bits < 8
      ? packElements(dtype, elements as Uint8Array)
      : new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  return new Tensor({ name, dtype, dims: shape, storage: memoryStorage(packed) });
}

function makeElements(
  name: string,
  dtype: DataType,
  count: number,
  next: (at: number) => number,
): NumericArray {
  const { kind, arrayType } = dataTypes[dtype];
  const length = kind === 'complex' ? 2 * count : count;
  const result = new arrayType(length);
  for (let start = 0; start < length; start += pieceLength) {
    const piece = new Float64Array(Math.min(pieceLength, length - start));
    for (let at = 0; at < piece.length; at += 1) piece[at] = next(start + at);
    const isWhole = kind !== 'float' && kind !== 'complex';
    if (isWhole) clampTo(dtype, piece);
    // What has been clamped needs no second look.
    const isReady =
      isWhole && !(result instanceof BigInt64Array || result instanceof BigUint64Array);
    const encoded = isReady ? piece : encode(piece, dtype);
    if (encoded === null) throw new Error(`the values made for "${name}" do not fit ${dtype}`);
    (result as Float64Array).set(encoded as Float64Array, start);
  }
  return result;
}

function valueMaker(
  dtype: DataType,
  shape: readonly number[],
  { values }: Recipe,
  { random, sample }: Occasion,
): (at: number) => number {
  const last = Math.max(1, shape.at(-1) ?? 1);
  // Whole numbers that were traced back to a fraction are none below what they are to become.
  const { kind } = dataTypes[dtype];
  const rounded = (value: number): number =>
    kind === 'float' || kind === 'complex' ? value : Math.ceil(value);
  switch (values.kind) {
    case 'range':
      return () => random.integer(values.low, values.high);
    case 'interval':
      return () => values.low + random.fraction(24) * (values.high - values.low);
    case 'columns':
      return (at) => {
        const { low, high } = values.columns.get(at % last) ?? { low: 0, high: 1 };
        return low + random.fraction(24) * (high - low);
      };
    case 'fill': {
      const value = rounded(values.value) + (values.isFree === true ? sample : 0);
      return () => value;
    }
    case 'list':
      return (at) => rounded(values.values[at] ?? 1);
    case 'count':
      return (at) => {
        const number = values.from + (at % last);
        return number < values.below ? number : (at % last) % values.below;
      };
    case 'mask':
      return maskMaker(shape, values, { random, sample });
    case 'choices':
      return () => Number(pick(values.choices, random));
    case 'default':
      return usual(dtype, shape, random);
  }
}

/** In later samples, what follows the first half of a row or more is not there. */
function maskMaker(
  shape: readonly number[],
  { kept, dropped }: { readonly kept: number; readonly dropped: number },
  { random, sample }: Occasion,
): (at: number) => number {
  const last = shape.at(-1) ?? 1;
  if (sample === 0 || last < 2) return () => kept;
  const perRow = shape.slice(1).reduce((all, size) => all * size, 1);
  const rows = shape.length < 2 ? 1 : (shape[0] ?? 1);
  const lengths = Array.from({ length: rows }, () => random.integer(Math.ceil(last / 2), last - 1));
  const rowOf = (at: number): number => (rows === 1 ? 0 : Math.floor(at / perRow));
  return (at) => (at % last < (lengths[rowOf(at)] ?? last) ? kept : dropped);
}

/** Floats in [0, 1), all values of small integers, digits for large ones. */
function usual(dtype: DataType, shape: readonly number[], random: Random): () => number {
  const { kind, bits, min, max } = dataTypes[dtype];
  if (kind === 'bool') return shape.length === 0 ? () => 1 : () => random.integer(0, 1);
  if (dtype === 'float8e8m0') return () => 2 ** -random.integer(1, 3);
  const precision = fractionBits[dtype];
  if (precision !== undefined) return () => random.fraction(precision);
  return bits <= 8 ? () => random.integer(Number(min), Number(max)) : () => random.integer(0, 9);
}

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[random.integer(0, items.length - 1)];
}

/** Makes numbers the nearest that an integer type has a place for. */
function clampTo(dtype: DataType, values: Float64Array): void {
  const { kind, bits, min, max } = dataTypes[dtype];
  // The greatest 64-bit integers are no float64.
  const isWide = bits === 64;
  const least = kind === 'uint' ? 0 : isWide ? Number.MIN_SAFE_INTEGER : Number(min);
  const most = isWide ? Number.MAX_SAFE_INTEGER : Number(max);
  for (let at = 0; at < values.length; at += 1) {
    values[at] = Math.min(most, Math.max(least, Math.trunc(values[at] ?? 0)));
  }
}
