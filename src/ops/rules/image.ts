import { divideExactly, floorDivide, multiply, type Size } from '../../symbolic/index.ts';
import type { Call, OperatorRule } from '../rule.ts';
import { axisOf, movement } from '../sizes.ts';
import type { Sizes } from '../types.ts';
import { contradict, isConstant } from './contradictions.ts';

/** Operators that rearrange, cut or decode images, and compute nothing. */

function depthToSpace(call: Call): void {
  const found = blocks(call);
  if (found === null) return;
  const { block, sizes } = found;
  const [batch, channels, height, width] = sizes;
  const depth = divided(call, channels, block ** 2, 'channels');
  call.setTensor(0, [batch, depth, multiply(height, block), multiply(width, block)]);
}

function spaceToDepth(call: Call): void {
  const found = blocks(call);
  if (found === null) return;
  const { block, sizes } = found;
  const [batch, channels, height, width] = sizes;
  call.setTensor(0, [
    batch,
    multiply(channels, block ** 2),
    divided(call, height, block, 'rows'),
    divided(call, width, block, 'columns'),
  ]);
}

interface Blocks {
  readonly block: number;
  readonly sizes: readonly [Size, Size, Size, Size];
}

/** The size of a block and those of the image; null after what is known without them is set. */
function blocks(call: Call): Blocks | null {
  const block = call.node.int('blocksize', 0);
  const x = call.shape(0);
  if (block < 1) call.reject(`blocksize is ${block}, it must be positive`);
  if (x !== null && x.length !== 4) call.reject(`the input has rank ${x.length}, it must be 4`);
  const [batch, channels, height, width] = x?.length === 4 ? x : [];
  const isKnown = batch !== undefined && channels !== undefined && block >= 1;
  if (isKnown && height !== undefined && width !== undefined) {
    return { block, sizes: [batch, channels, height, width] };
  }
  call.setTensor(0, call.unknownSizes(4));
  return null;
}

function divided(call: Call, size: Size, by: number, what: string): Size {
  const exact = divideExactly(size, by);
  if (exact !== null) return exact;
  if (typeof size === 'number') call.fail(`${size} ${what} are not divisible by ${by}`);
  return floorDivide(size, by);
}

/** Cut or padded on both sides of some axes. */
function centerCropPad(call: Call): void {
  const x = call.shape(0);
  if (x === null) {
    call.setTensor(0, null);
    return;
  }
  const named = call.node.ints('axes') ?? x.map((_, at) => at);
  const axes = named.map((axis) => axisOf(call, axis, x.length));
  if (axes.includes(null)) {
    call.setTensor(0, call.unknownSizes(x.length));
    return;
  }
  const sizes = call.elements(1)?.values ?? null;
  if (sizes !== null && sizes.length !== axes.length) {
    contradict(call, isConstant(call, 1), `${sizes.length} sizes for ${axes.length} axes`);
  }
  const result: Sizes = x.map((size, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? size : (sizes?.[at] ?? call.unknown());
  });
  call.setTensor(0, result);
}

/** Height, width and channels, of which gray images have one. */
function imageDecoder(call: Call): void {
  const stream = call.shape(0);
  if (stream !== null && stream.length !== 1) {
    call.reject(`the stream has rank ${stream.length}, it must be 1`);
  }
  const isGray = call.node.string('pixel_format', 'RGB') === 'Grayscale';
  call.setTensor(0, [...call.unknownSizes(2), isGray ? 1 : 3], 'uint8');
}

/** Sources: https://onnx.ai/onnx/operators/onnx__DepthToSpace.html and the pages of the others. */
export const imageRules: readonly OperatorRule[] = [
  { domain: '', ops: ['DepthToSpace'], infer: depthToSpace, cost: movement },
  { domain: '', ops: ['SpaceToDepth'], infer: spaceToDepth, cost: movement },
  { domain: '', ops: ['CenterCropPad'], infer: centerCropPad, cost: movement },
  // What decoding takes is the format's secret.
  { domain: '', ops: ['ImageDecoder'], infer: imageDecoder, cost: () => null },
];
