import { MlkitError } from '../errors.ts';
import { computedStorage, sliceBytes, Tensor, type TensorStorage } from '../tensor/index.ts';
import type { ChannelLayout } from './numerics/channel-layout.ts';
import { ChannelRanges } from './numerics/channel-ranges.ts';
import { allFloats, floatPieces } from './numerics/float-pieces.ts';
import {
  type QuantizationParameters,
  quantizationParameters,
} from './numerics/quantization-parameters.ts';
import { quantizeValues, shiftToUint8 } from './numerics/quantize-values.ts';
import { transposeRows } from './numerics/transpose-bytes.ts';

export type WeightType = 'int8' | 'uint8';

export interface WeightSettings {
  readonly type: WeightType;
  readonly isSymmetric: boolean;
  /** What has a scale of its own: a column (the last axis), a row (the first), or the whole weight. */
  readonly granularity: 'column' | 'row' | 'tensor';
  /** Whether the stored matrix is the transpose of the one that is multiplied with; rank 2 only. */
  readonly isTransposed: boolean;
}

/** Weights up to this size are read once and held between the two looks at them. */
const heldBytes = 16 * 1024 * 1024;

/**
 * A float32 weight as integers, laid out as it is used: `[..., K, N]` with one scale a column (of all
 * leading dimensions together), or a table with one scale a row. Nothing is read before bytes are asked for, and then
 * in pieces: memory stays at some MB however large the weight is, except for a transposed one, whose
 * integers are in memory while they are written.
 */
export class QuantizedWeight {
  readonly type: WeightType;
  /** Whether any zero point differs from 0, which is what a missing one means. */
  readonly needsZeroPoint: boolean;
  /** Dimensions of the integers. */
  readonly dims: readonly number[];
  readonly #source: Tensor;
  readonly #settings: WeightSettings;
  readonly #layout: ChannelLayout;
  /** For messages: the node that multiplies with it. */
  readonly #reader: string;
  #parameters: QuantizationParameters | null = null;
  #held: Float32Array | null = null;

  /**
   * @param source Of float32.
   * @param reader A label of the node that reads it, for messages.
   */
  constructor(source: Tensor, settings: WeightSettings, reader: string) {
    this.type = settings.type;
    this.needsZeroPoint = settings.type === 'uint8' || !settings.isSymmetric;
    this.dims = settings.isTransposed ? source.dims.toReversed() : source.dims;
    this.#source = source;
    this.#settings = settings;
    this.#reader = reader;
    this.#layout = layoutOf(source, settings);
  }

  /** The integers. */
  values(): Tensor {
    return this.#tensor(this.type, this.dims, {
      kind: 'memory',
      byteLength: this.#source.elementCount,
      bytes: () => this.#allBytes(),
      chunks: (maxBytes) =>
        this.#settings.isTransposed
          ? sliceBytes(this.#allBytes(), maxBytes)
          : this.#pieces(maxBytes),
    });
  }

  /**
   * A vector of float32, or a scalar; of rows, a column with as many axes as the table.
   *
   * @param factor What the scales are multiplied with, when the product has such a factor.
   */
  scale(factor = 1): Tensor {
    return this.#tensor(
      'float32',
      this.#scaleDims(),
      computedStorage(this.#layout.channels * 4, () => {
        const { scale } = this.#measured();
        return bytesOf(factor === 1 ? scale : scale.map((each) => each * factor));
      }),
    );
  }

  /**
   * One scale for all columns, a scalar: what DequantizeLinear gets where {@link relativeScale} is
   * applied to the product. That of some column, so that different weights have different ones:
   * onnxruntime merges equal scalars, and fuses no scale that it has merged.
   */
  commonScale(): Tensor {
    return this.#tensor(
      'float32',
      [],
      computedStorage(4, () => bytesOf(Float32Array.of(commonScaleOf(this.#measured().scale)))),
    );
  }

  /** The scales of the columns over the common one, a vector; times a factor. */
  relativeScale(factor = 1): Tensor {
    return this.#tensor(
      'float32',
      [this.#layout.channels],
      computedStorage(this.#layout.channels * 4, () => {
        const { scale } = this.#measured();
        const common = commonScaleOf(scale);
        return bytesOf(scale.map((each) => (each / common) * factor));
      }),
    );
  }

  #scaleDims(): number[] {
    const { channels } = this.#layout;
    switch (this.#settings.granularity) {
      case 'tensor':
        return [];
      case 'column':
        return [channels];
      case 'row':
        return this.dims.map((_, axis) => (axis === 0 ? channels : 1));
    }
  }

  /**
   * One integer per column, or a scalar.
   *
   * @param leading Sizes of dimensions before the column axis, along which it is repeated.
   */
  zeroPoint(leading: readonly number[] = []): Tensor {
    const { channels } = this.#layout;
    const isScalar = this.#settings.granularity === 'tensor';
    const copies = isScalar ? 1 : leading.reduce((product, size) => product * size, 1);
    const dims = isScalar ? [] : [...leading, channels];
    return this.#tensor(
      this.type,
      dims,
      computedStorage(channels * copies, () => {
        const bytes = Uint8Array.from(bytesOf(this.#measured().zeroPoint));
        if (this.type === 'uint8') shiftToUint8(bytes);
        const repeated = new Uint8Array(channels * copies);
        for (let copy = 0; copy < copies; copy += 1) repeated.set(bytes, copy * channels);
        return repeated;
      }),
    );
  }

  #tensor(dtype: Tensor['dtype'], dims: readonly number[], storage: TensorStorage): Tensor {
    return new Tensor({ dtype, dims, storage });
  }

  /** Finds the ranges: the first look at the weight. */
  #measured(): QuantizationParameters {
    if (this.#parameters !== null) return this.#parameters;
    const ranges = new ChannelRanges(this.#layout);
    if (this.#source.storage.byteLength <= heldBytes) this.#held = allFloats(this.#source);
    for (const piece of this.#floats()) ranges.add(piece);
    if (!ranges.isFinite) throw this.#notFinite();
    this.#parameters = quantizationParameters(ranges, this.#settings.isSymmetric);
    return this.#parameters;
  }

  /** The weight, from memory where it is held. */
  #floats(multiple = 1): Iterable<Float32Array> {
    return this.#held === null ? floatPieces(this.#source, multiple) : [this.#held];
  }

  *#pieces(maxBytes: number): Iterable<Uint8Array> {
    const parameters = this.#measured();
    let out = new Int8Array(0);
    let done = 0;
    for (const floats of this.#floats()) {
      for (let at = 0; at < floats.length; at += maxBytes) {
        const piece = floats.subarray(at, at + maxBytes);
        if (out.length < piece.length) out = new Int8Array(piece.length);
        quantizeValues(piece, done, this.#layout, parameters, out);
        done += piece.length;
        yield this.#typed(out.subarray(0, piece.length));
      }
    }
    this.#held = null;
  }

  #allBytes(): Uint8Array {
    const all = new Uint8Array(this.#source.elementCount);
    if (!this.#settings.isTransposed) {
      let done = 0;
      for (const piece of this.#pieces(copyBytes)) {
        all.set(piece, done);
        done += piece.length;
      }
      return all;
    }
    const parameters = this.#measured();
    const [height = 0, width = 0] = this.#source.dims;
    let out = new Int8Array(0);
    let done = 0;
    for (const floats of this.#floats(width)) {
      const step = Math.max(1, Math.floor(copyBytes / width)) * width;
      for (let at = 0; at < floats.length; at += step) {
        const piece = floats.subarray(at, at + step);
        if (out.length < piece.length) out = new Int8Array(piece.length);
        quantizeValues(piece, done, this.#layout, parameters, out);
        const rows = this.#typed(out.subarray(0, piece.length));
        transposeRows(rows, done / width, width, height, all);
        done += piece.length;
      }
    }
    this.#held = null;
    return all;
  }

  /** The bytes of int8 values as they are stored. */
  #typed(values: Int8Array): Uint8Array {
    const bytes = bytesOf(values);
    if (this.type === 'uint8') shiftToUint8(bytes);
    return bytes;
  }

  #notFinite(): MlkitError {
    let index = 0;
    for (const piece of this.#floats()) {
      const at = piece.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) return this.#notFiniteAt(index + at, piece[at] ?? Number.NaN);
      index += piece.length;
    }
    throw new Error(`"${this.#source.name}" was not finite, and is now`);
  }

  #notFiniteAt(index: number, value: number): MlkitError {
    const { name, dims } = this.#source;
    const place: number[] = [];
    let rest = index;
    for (const size of dims.toReversed()) {
      place.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return new MlkitError(
      'MODEL_INVALID',
      `weight "${name}" of ${this.#reader} is ${value} at index ${index} ([${place.join(', ')}] of [${dims.join(', ')}]); integers can only stand for finite numbers`,
      { hint: 'Repair the weight, or leave the node in float with --exclude.' },
    );
  }
}

/** The largest scale but 1, which columns of zeros have. */
function commonScaleOf(scales: Float32Array): number {
  let largest = 0;
  for (const scale of scales) if (scale !== 1 && scale > largest) largest = scale;
  return largest === 0 ? 1 : largest;
}

/** Bytes made at a time where nobody says how many. */
const copyBytes = 256 * 1024;

function layoutOf(source: Tensor, { granularity, isTransposed }: WeightSettings): ChannelLayout {
  const count = source.elementCount;
  if (granularity === 'tensor') return { kind: 'runs', channels: 1, length: count };
  const isByFirst = (granularity === 'row') !== isTransposed;
  const channels = (isByFirst ? source.dims[0] : source.dims.at(-1)) ?? 1;
  return isByFirst
    ? { kind: 'runs', channels, length: count / channels }
    : { kind: 'columns', channels };
}

function bytesOf(array: Int8Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
