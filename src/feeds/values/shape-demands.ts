import { axisOf, countOf } from '../sizes/axes.ts';
import { type Arrival, type DemandRule, type DemandRules, fill, list } from './demand.ts';

/** Inputs that hold shapes, axes, sizes and bounds rather than data. */

/** As many dimensions as asked for, of the same number of elements as `data`. */
function asRank(data: readonly number[], rank: number): number[] {
  if (rank === 0) return [];
  if (rank >= data.length) return [...data, ...Array.from({ length: rank - data.length }, () => 1)];
  return [...data.slice(0, rank - 1), countOf(data.slice(rank - 1))];
}

/** What the model declares as its result, when its rank agrees. */
function declared(arrival: Arrival, rank: number | null): readonly number[] | null {
  const sizes = arrival.outputSizes(0);
  return sizes !== null && (rank === null || sizes.length === rank) ? sizes : null;
}

const reshape: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const rank = arrival.count ?? data?.length ?? null;
  if (data === null || rank === null) return list([-1], 'a shape for its data');
  const output = declared(arrival, rank);
  const works = output !== null && countOf(output) === countOf(data);
  return list(works ? output : asRank(data, rank), 'a shape for its data');
};

const expand: DemandRule = (arrival) => {
  const output = declared(arrival, arrival.count);
  return output === null ? fill(1, 'a shape of ones') : list(output, 'a shape for its data');
};

const newShape: DemandRule = (arrival) => {
  const output = declared(arrival, arrival.count);
  return output === null ? fill(2, 'a small shape') : list(output, 'the shape of its output');
};

const repeats: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const output = declared(arrival, data?.length ?? null);
  if (data === null || output === null) return fill(1, 'repeat once');
  return list(
    output.map((size, axis) => Math.max(1, Math.floor(size / Math.max(1, data[axis] ?? 1)))),
    'repeats for its output',
  );
};

function count(arrival: Arrival, fallback: number): number {
  return arrival.count ?? fallback;
}

/** The first axes: valid for any operator that has as many. */
const firstAxes: DemandRule = (arrival) =>
  list(
    Array.from({ length: count(arrival, 1) }, (_, axis) => axis),
    'the first axes',
  );

const droppableAxes: DemandRule = (arrival) => {
  const data = arrival.sizes(0) ?? [];
  const axes = data.flatMap((size, axis) => (size === 1 ? [axis] : []));
  return list(axes.slice(0, count(arrival, axes.length)), 'axes of size 1');
};

const sliceEnds: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const axes = arrival.node.inputs[3] ? arrival.numbers(3) : null;
  if (data === null) return fill(2 ** 31 - 1, 'to the end');
  const ends = Array.from({ length: count(arrival, 1) }, (_, at) => {
    const axis = axisOf(axes?.[at] ?? at, data.length);
    return axis === null ? 1 : (data[axis] ?? 1);
  });
  return list(ends, 'to the end');
};

const pads: DemandRule = (arrival) => {
  const mode = arrival.node.string('mode', 'constant');
  return mode === 'constant' ? fill(1, 'pad by 1') : fill(0, 'pad by 0');
};

const equalParts: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const axis = data === null ? null : axisOf(arrival.node.int('axis', 0), data.length);
  const parts = count(arrival, arrival.node.outputs.length);
  if (data === null || axis === null || parts === 0) return fill(1, 'parts of 1');
  const size = data[axis] ?? 0;
  const part = Math.floor(size / parts);
  const all = Array.from({ length: parts }, (_, at) => (at < parts - 1 ? part : size - part * at));
  return list(all, `parts that make up ${size}`);
};

const splitToSequence: DemandRule = (arrival) =>
  (arrival.sizes(1)?.length ?? 0) === 0 ? fill(1, 'parts of 1') : equalParts(arrival);

/** Rows and channels stay as they are, images double. */
const scales: DemandRule = (arrival) => {
  const size = count(arrival, 4);
  const isWhole = arrival.node.attribute('axes') === undefined;
  const values = Array.from({ length: size }, (_, axis) => (isWhole && axis < size - 2 ? 1 : 2));
  return list(values, 'scales');
};

const resizeSizes: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const axes = arrival.node.ints('axes') ?? data?.map((_, axis) => axis) ?? [];
  const output = declared(arrival, data?.length ?? null) ?? data;
  if (output === null) return fill(4, 'sizes');
  return list(
    axes.map((axis) => output[axisOf(axis, output.length) ?? 0] ?? 1),
    'sizes',
  );
};

/** Starts, then ends, of the whole of each axis. */
const wholeRegion: DemandRule = (arrival) => {
  const size = count(arrival, 0);
  return list(
    Array.from({ length: size }, (_, at) => (at < size / 2 ? 0 : 1)),
    'the whole region',
  );
};

const topK: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const axis = data === null ? null : axisOf(arrival.node.int('axis', -1), data.length);
  const size = axis === null ? 1 : (data?.[axis] ?? 1);
  return fill(Math.max(1, Math.min(5, size)), 'a small k');
};

const croppedSizes: DemandRule = (arrival) => {
  const data = arrival.sizes(0);
  const axes = arrival.node.ints('axes') ?? data?.map((_, axis) => axis) ?? [];
  if (data === null) return fill(1, 'sizes');
  return list(
    axes.map((axis) => data[axisOf(axis, data.length) ?? 0] ?? 1),
    'sizes',
  );
};

const affineGridSize: DemandRule = (arrival) => {
  const theta = arrival.sizes(0);
  const rows = theta?.[0] ?? 1;
  const spatial = theta?.[1] === 3 ? 3 : 2;
  return list([rows, 1, ...Array.from({ length: spatial }, () => 4)], 'the size of an image');
};

const unpooledShape: DemandRule = (arrival) => {
  const output = declared(arrival, arrival.count);
  if (output !== null) return list(output, 'the shape of its output');
  const data = arrival.sizes(0) ?? [];
  return list(
    data.map((size, axis) => (axis < 2 ? size : 2 * size)),
    'the doubled shape',
  );
};

/** The image that blocks side by side cover: one row of them, as many as there are columns. */
const columnImage: DemandRule = (arrival) => {
  const { node } = arrival;
  const columns = arrival.sizes(0)?.at(-1) ?? 1;
  const block = arrival.numbers(2) ?? [1, 1];
  const [strides, dilations, pads] = [
    node.ints('strides'),
    node.ints('dilations'),
    node.ints('pads'),
  ];
  const sizes = block.map((size, axis) => {
    const count = axis === block.length - 1 ? columns : 1;
    const span = (size - 1) * (dilations?.[axis] ?? 1) + 1;
    const padding = (pads?.[axis] ?? 0) + (pads?.[axis + block.length] ?? 0);
    return Math.max(1, (count - 1) * (strides?.[axis] ?? 1) + span - padding);
  });
  return list(sizes, 'an image of one row of blocks');
};

export const shapeDemands: DemandRules = {
  Reshape: { 1: reshape },
  Expand: { 1: expand },
  ConstantOfShape: { 0: newShape },
  Tile: { 1: repeats },
  Unsqueeze: { 1: firstAxes },
  Squeeze: { 1: droppableAxes },
  Slice: {
    1: () => fill(0, 'from the start'),
    2: sliceEnds,
    3: firstAxes,
    4: () => fill(1, 'a step of 1'),
  },
  Pad: { 1: pads, 3: firstAxes },
  Split: { 1: equalParts },
  SplitToSequence: { 1: splitToSequence },
  Resize: { 1: wholeRegion, 2: scales, 3: resizeSizes },
  Upsample: { 1: scales },
  TopK: { 1: topK },
  CenterCropPad: { 1: croppedSizes },
  AffineGrid: { 1: affineGridSize },
  MaxUnpool: { 2: unpooledShape },
  Col2Im: { 1: columnImage, 2: () => fill(1, 'blocks of 1') },
  ...Object.fromEntries(
    'Sum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare'
      .split(' ')
      .map((kind) => [`Reduce${kind}`, { 1: firstAxes }]),
  ),
};
