import { expect, test } from 'vitest';
import { transposeRows } from '../../../src/quantize/numerics/transpose-bytes.ts';

test.each([
  [1, 1],
  [3, 2],
  [32, 32],
  [33, 65],
  [100, 7],
])('%i rows of %i bytes, in pieces of some rows', (height, width) => {
  const rows = Uint8Array.from({ length: height * width }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
  const out = new Uint8Array(height * width);
  for (let first = 0; first < height; first += 10) {
    const piece = rows.subarray(first * width, Math.min(height, first + 10) * width);
    transposeRows(piece, first, width, height, out);
  }
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      expect(out[column * height + row]).toBe(rows[row * width + column]);
    }
  }
});
