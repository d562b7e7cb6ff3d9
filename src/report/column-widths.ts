export interface ColumnNeed {
  /** Width of its widest cell. */
  readonly natural: number;
  /** Whether its text may be broken over lines without harm; numbers may not. */
  readonly flexible: boolean;
}

/** No column is made narrower than this. */
const narrowest = 6;

/**
 * Widths of columns that together fit the room there is: the widest flexible ones give way first,
 * the others only if that is not enough. If even the narrowest do not fit, the table is too wide.
 *
 * @param room Cells for all columns together, gaps not counted; null is no limit.
 */
export function columnWidths(needs: readonly ColumnNeed[], room: number | null): number[] {
  const natural = needs.map((need) => need.natural);
  if (room === null || sum(natural) <= room) return natural;
  const flexible = needs.map((need) => need.flexible);
  const fixedWidth = sum(natural.filter((_, i) => flexible[i] !== true));
  const forFlexible = natural.filter((_, i) => flexible[i] === true);
  const cap = capFor(forFlexible, room - fixedWidth);
  if (cap >= narrowest) {
    return natural.map((width, i) => (flexible[i] === true ? Math.min(width, cap) : width));
  }
  const capAll = Math.max(capFor(natural, room), narrowest);
  return natural.map((width) => Math.min(width, capAll));
}

/** The largest cap such that the widths, each cut to it, fit the room; 0 when none does. */
function capFor(widths: readonly number[], room: number): number {
  let left = room;
  const ascending = widths.toSorted((a, b) => a - b);
  for (const [i, width] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - i));
    if (width > share) return Math.max(share, 0);
    left -= width;
  }
  return ascending.at(-1) ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
