import {
  dataTypes,
  memoryStorage,
  packElements,
  stringStorage,
  Tensor,
  unpackElements,
} from '../tensor/index.ts';

/**
 * The part of a tensor from `start` to `end` (excluded) of one axis. A view of the same bytes where
 * it is contiguous, as along axis 0, else a copy.
 *
 * @param options.dropAxis Leave the axis out of the result; `end` must be `start + 1`.
 */
export function sliceTensor(
  tensor: Tensor,
  axis: number,
  start: number,
  end: number,
  options: { readonly dropAxis?: boolean } = {},
): Tensor {
  const { dims } = tensor;
  const outer = product(dims.slice(0, axis));
  const inner = product(dims.slice(axis + 1));
  const size = dims[axis] ?? 0;
  const sliced = options.dropAxis ? dims.toSpliced(axis, 1) : dims.with(axis, end - start);
  const runs = Array.from({ length: outer }, (_, at) => ({
    from: (at * size + start) * inner,
    to: (at * size + end) * inner,
  }));
  const { strings } = tensor.storage;
  if (strings !== undefined) {
    const parts = runs.flatMap(({ from, to }) => strings.slice(from, to));
    return tensor.with({ dims: sliced, storage: stringStorage(parts) });
  }
  const { bits } = dataTypes[tensor.dtype];
  if (bits < 8) {
    const all = unpackElements(tensor.dtype, tensor.storage.bytes(), product(dims));
    const parts = runs.flatMap(({ from, to }) => [...all.subarray(from, to)]);
    const storage = memoryStorage(packElements(tensor.dtype, parts));
    return tensor.with({ dims: sliced, storage });
  }
  const bytes = tensor.storage.bytes();
  const parts = runs.map(({ from, to }) => bytes.subarray((from * bits) / 8, (to * bits) / 8));
  const [first] = parts;
  const whole = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  return tensor.with({ dims: sliced, storage: memoryStorage(whole) });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
