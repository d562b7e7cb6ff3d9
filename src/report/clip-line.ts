/** A point of a drawing, in whatever its two axes measure. */
export type Place = readonly [across: number, up: number];

export interface Band {
  /** 0: across, 1: up. */
  readonly axis: 0 | 1;
  readonly from: number;
  readonly to: number;
}

/**
 * The line from the first to the last place that it is within the band at: its ends are cut where it
 * crosses an edge. A line that leaves the band and comes back is not cut in between.
 */
export function clipLine(line: readonly Place[], band: Band): readonly Place[] {
  const isWithin = (place: Place): boolean =>
    place[band.axis] >= band.from && place[band.axis] <= band.to;
  const crossings = line.flatMap((end, at) => {
    const start = line[at - 1];
    return [...(start === undefined ? [] : cuts(start, end, band)), end];
  });
  const first = crossings.findIndex(isWithin);
  const last = crossings.findLastIndex(isWithin);
  return first === -1 ? [] : crossings.slice(first, last + 1);
}

/** Where the way from one place to the next crosses an edge, in the order of the way. */
function cuts(start: Place, end: Place, { axis, from, to }: Band): Place[] {
  const [a, b] = [start[axis], end[axis]];
  return [from, to]
    .filter((edge) => (a < edge && edge < b) || (b < edge && edge < a))
    .map((edge) => ({ edge, share: (edge - a) / (b - a) }))
    .toSorted((one, other) => one.share - other.share)
    .map(({ edge, share }): Place => {
      const across = start[0] + share * (end[0] - start[0]);
      const up = start[1] + share * (end[1] - start[1]);
      // On the edge, and not beside it by what is rounded.
      return axis === 0 ? [edge, up] : [across, edge];
    });
}
