/** A buffer that is in use from one step to another, both included. */
export interface TimedBuffer {
  readonly bytes: number;
  readonly from: number;
  readonly until: number;
}

export interface PlacedBuffer extends TimedBuffer {
  readonly offset: number;
}

/**
 * Places buffers in one arena: largest first, each at the lowest offset where no buffer lies that is
 * in use at the same time. Not the least arena possible, which is hard to find, but what memory
 * planners do. Those of no bytes are left out.
 *
 * Source: "greedy by size" in https://arxiv.org/abs/2001.03288
 */
export function packBuffers(buffers: readonly TimedBuffer[]): PlacedBuffer[] {
  const bySize = buffers.filter((each) => each.bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
  const arena = new Arena(bySize);
  return bySize.map(({ bytes, from, until }, index) => {
    return { bytes, from, until, offset: arena.place(index) };
  });
}

/** Size of the arena that all lie in. */
export function arenaBytes(placed: readonly PlacedBuffer[]): number {
  return placed.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
}

/** So few buffers are all looked at. */
const mostUnindexed = 64;

/**
 * Buffers by the time in which they are in use. Where most live for a few steps only, looking for
 * those in the way costs about as much as there are; where most live long, as much as all.
 */
class Arena {
  readonly #bytes: Float64Array;
  readonly #from: Int32Array;
  readonly #until: Int32Array;
  readonly #offset: Float64Array;
  /** Those that are placed, by offset. */
  readonly #order: Int32Array;
  #placed = 0;
  /** By the step at which they begin. */
  readonly #starting: number[][];
  /** A binary tree over the steps: each buffer is at the fewest nodes that cover its time. */
  readonly #covering: number[][];
  readonly #leaves: number;

  constructor(buffers: readonly TimedBuffer[]) {
    this.#bytes = Float64Array.from(buffers, ({ bytes }) => bytes);
    this.#from = Int32Array.from(buffers, ({ from }) => from);
    this.#until = Int32Array.from(buffers, ({ until }) => until);
    this.#offset = new Float64Array(buffers.length);
    this.#order = new Int32Array(buffers.length);
    const isIndexed = buffers.length > mostUnindexed;
    const steps = isIndexed ? this.#until.reduce((most, until) => Math.max(most, until + 1), 1) : 0;
    this.#leaves = isIndexed ? 2 ** Math.ceil(Math.log2(steps)) : 0;
    this.#starting = Array.from({ length: steps }, () => []);
    this.#covering = Array.from({ length: 2 * this.#leaves }, () => []);
  }

  /** Finds a place for the buffer of that index. */
  place(index: number): number {
    const offset = this.#lowestOffset(index, this.#inTheWay(index));
    this.#offset[index] = offset;
    this.#keepOrder(index, offset);
    const [from = 0, until = 0] = [this.#from[index], this.#until[index]];
    this.#starting[from]?.push(index);
    let [low, high] = [from + this.#leaves, until + this.#leaves + 1];
    while (low < high) {
      if (low % 2 === 1) this.#covering[low]?.push(index);
      if (high % 2 === 1) this.#covering[high - 1]?.push(index);
      low = (low + 1) >> 1;
      high >>= 1;
    }
    return offset;
  }

  /** Those in use while the buffer is, by offset; others may be among them. */
  #inTheWay(index: number): Int32Array {
    const [from = 0, until = 0] = [this.#from[index], this.#until[index]];
    const mostToSort = this.#leaves === 0 ? -1 : this.#placed / 16;
    const found: number[] = [];
    for (let at = from + this.#leaves; at >= 1 && found.length <= mostToSort; at >>= 1) {
      for (const each of this.#covering[at] ?? []) found.push(each);
    }
    for (let step = from + 1; step <= until && found.length <= mostToSort; step += 1) {
      for (const each of this.#starting[step] ?? []) found.push(each);
    }
    if (found.length > mostToSort) return this.#order.subarray(0, this.#placed);
    return Int32Array.from(found).toSorted(
      (a, b) => (this.#offset[a] ?? 0) - (this.#offset[b] ?? 0),
    );
  }

  #lowestOffset(index: number, inTheWay: Int32Array): number {
    const [bytes = 0, from = 0] = [this.#bytes[index], this.#from[index]];
    const until = this.#until[index] ?? 0;
    let lowest = 0;
    for (const each of inTheWay) {
      if ((this.#from[each] ?? 0) > until || (this.#until[each] ?? 0) < from) continue;
      const offset = this.#offset[each] ?? 0;
      if (offset >= lowest + bytes) break;
      lowest = Math.max(lowest, offset + (this.#bytes[each] ?? 0));
    }
    return lowest;
  }

  #keepOrder(index: number, offset: number): void {
    let at = 0;
    let high = this.#placed;
    while (at < high) {
      const middle = (at + high) >> 1;
      if ((this.#offset[this.#order[middle] ?? 0] ?? 0) < offset) at = middle + 1;
      else high = middle;
    }
    this.#order.copyWithin(at + 1, at, this.#placed);
    this.#order[at] = index;
    this.#placed += 1;
  }
}
