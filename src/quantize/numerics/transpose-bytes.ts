/** Side of the squares that are copied one after the other: reads and writes stay in the cache. */
const tile = 32;

/**
 * Copies rows of a matrix of bytes into the columns of its transpose.
 *
 * @param rows Consecutive rows of the matrix, each `width` bytes.
 * @param firstRow Which row of the matrix is the first of them.
 * @param height Rows of the whole matrix.
 * @param out The transpose: `width` rows of `height` bytes.
 */
export function transposeRows(
  rows: Uint8Array,
  firstRow: number,
  width: number,
  height: number,
  out: Uint8Array,
): void {
  const count = rows.length / width;
  for (let rowTile = 0; rowTile < count; rowTile += tile) {
    const rowEnd = Math.min(count, rowTile + tile);
    for (let columnTile = 0; columnTile < width; columnTile += tile) {
      const columnEnd = Math.min(width, columnTile + tile);
      for (let column = columnTile; column < columnEnd; column += 1) {
        let from = rowTile * width + column;
        let to = column * height + firstRow + rowTile;
        for (let row = rowTile; row < rowEnd; row += 1, from += width, to += 1) {
          out[to] = rows[from] as number;
        }
      }
    }
  }
}
