import {
  add,
  divideExactly,
  floorDivide,
  multiply,
  product,
  type Size,
  subtract,
} from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { perInputElement } from '../sizes.ts';

/** A list of sizes, one an axis of an image. */
type List = readonly (Size | null)[];

/** Columns [N, C * block, blocks], put together as images: the reverse of a convolution's way. */
function col2Im(call: Call): void {
  const x = call.shape(0);
  if (x !== null && x.length !== 3) call.reject(`the input has rank ${x.length}, it must be 3`);
  const [batch, rows, columns] = x?.length === 3 ? x : [];
  const image = listOf(call, 1);
  const block = listOf(call, 2);
  const axes = image ?? block;
  if (axes === null) {
    call.setTensor(0, null);
    return;
  }
  if (image !== null && block?.length === image.length) checkCount(call, columns, image, block);
  const spatial = axes.map((_, at) => image?.[at] ?? call.unknown());
  call.setTensor(0, [batch ?? call.unknown(), channelsOf(call, rows, block), ...spatial]);
}

/** The elements of a list, as far as they are known; null when not even their number is. */
function listOf(call: Call, at: number): List | null {
  const elements = call.elements(at);
  if (elements !== null) return elements.values;
  const [count] = call.shape(at) ?? [];
  const isUsable = typeof count === 'number' && count >= 0 && count <= 64;
  return isUsable ? Array.from({ length: count }, () => null) : null;
}

/** Each row holds one entry of the block of one channel. */
function channelsOf(call: Call, rows: Size | undefined, block: List | null): Size {
  if (!block?.every((size) => typeof size === 'number' && size > 0)) return call.unknown();
  const size = product(block.filter((each) => each !== null));
  if (rows === undefined || typeof size !== 'number') return call.unknown();
  const channels = divideExactly(rows, size) ?? floorDivide(rows, size);
  if (typeof rows !== 'number' || rows % size === 0) return channels;
  call.fail(`the input has ${rows} rows, which blocks of ${size} do not divide`);
  return call.unknown();
}

/** A column for each place that a block has in the image. */
function checkCount(call: Call, columns: Size | undefined, image: List, block: List): void {
  let count: Size = 1;
  for (const [axis, size] of image.entries()) {
    const places = placesOf(call, size, block[axis] ?? null, axis, image.length);
    if (places === null) return;
    count = multiply(count, places);
  }
  if (typeof count === 'number' && typeof columns === 'number' && count !== columns) {
    call.fail(`the input has ${columns} blocks, the image takes ${count}`);
  }
}

function placesOf(
  { node }: Call,
  size: Size | null,
  span: Size | null,
  axis: number,
  axes: number,
): Size | null {
  const stride = node.ints('strides')?.[axis] ?? 1;
  if (size === null || span === null || stride < 1) return null;
  const pads = node.ints('pads') ?? [];
  const padded = add(size, (pads[axis] ?? 0) + (pads[axis + axes] ?? 0));
  const reach = multiply(subtract(span, 1), node.ints('dilations')?.[axis] ?? 1);
  const room = subtract(subtract(padded, reach), 1);
  return typeof room === 'number' && room < 0 ? null : add(floorDivide(room, stride), 1);
}

/** Each element is added to its place. Source: https://onnx.ai/onnx/operators/onnx__Col2Im.html */
export const columnRules: readonly OperatorRule[] = [
  { domain: '', ops: ['Col2Im'], infer: col2Im, cost: perInputElement(1) },
];
