/** A buffer that is in use from one step to another, both included. */
export interface TimedBuffer {
  readonly bytes: number;
  readonly from: number;
  readonly until: number;
}

interface PlacedBuffer extends TimedBuffer {
  readonly offset: number;
}

/**
 * Size of the arena that all buffers fit into: largest first, each at the lowest offset where no
 * buffer lies that is in use at the same time. Not the least possible, which is hard to find, but
 * what memory planners do. Quadratic in the number of buffers, with a small constant.
 *
 * Source: "greedy by size" in https://arxiv.org/abs/2001.03288
 */
export function packBuffers(buffers: readonly TimedBuffer[]): number {
  const bySize = buffers.filter((each) => each.bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
  const placed: PlacedBuffer[] = [];
  let size = 0;
  for (const buffer of bySize) {
    const offset = lowestOffset(buffer, placed);
    placed.push({ ...buffer, offset });
    size = Math.max(size, offset + buffer.bytes);
  }
  return size;
}

function lowestOffset(buffer: TimedBuffer, placed: readonly PlacedBuffer[]): number {
  const inTheWay = placed
    .filter((each) => each.from <= buffer.until && buffer.from <= each.until)
    .toSorted((a, b) => a.offset - b.offset);
  let offset = 0;
  for (const each of inTheWay) {
    if (each.offset >= offset + buffer.bytes) break;
    offset = Math.max(offset, each.offset + each.bytes);
  }
  return offset;
}
