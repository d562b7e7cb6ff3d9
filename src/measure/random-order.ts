/**
 * Whole numbers 0…count−1 in a random order, the same for the same seed and number of the call.
 * Marsaglia's xorshift with 32 bits and a shuffle by Fisher and Yates.
 *
 * Source: https://doi.org/10.18637/jss.v008.i14
 *
 * @param seed A whole number from 0.
 */
export function randomOrders(seed: number): (count: number) => number[] {
  // The state must not be 0; the constant (2^32 over the golden ratio) spreads small seeds.
  let state = Math.imul(seed + 1, 0x9e_37_79_b9) >>> 0 || 1;
  const below = (count: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return (count) => {
    const order = Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = below(last + 1);
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
    return order;
  };
}
