/**
 * A small generator of pseudo-random numbers: the same on every platform for the same seed, of good
 * statistical quality, and not for cryptography.
 *
 * xoshiro128** with its state filled by splitmix32.
 * Source: https://prng.di.unimi.it/xoshiro128starstar.c (Blackman and Vigna, public domain)
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @param seed Any safe integer.
   * @param stream Tells generators of one seed apart.
   */
  constructor(seed: number, stream = '') {
    let state = hash(`${seed} ${stream}`);
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) | 0;
    };
    [this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), next()];
    // The one state that it would never leave.
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const b = this.#b;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    this.#c ^= this.#a;
    this.#d ^= b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  /** A multiple of 2^-precision in [0, 1), each as likely as the other; at most 53 bits. */
  fraction(precision: number): number {
    if (precision <= 32) return (this.bits() >>> (32 - precision)) / 2 ** precision;
    const high = this.bits();
    return (high * 2 ** (precision - 32) + (this.bits() >>> (64 - precision))) / 2 ** precision;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    // 53 bits leave no bias that anyone could see in ranges of up to 2^32.
    return low + Math.floor(this.fraction(53) * (high - low + 1));
  }
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

/** FNV-1a, of the UTF-16 code units. Source: https://datatracker.ietf.org/doc/html/rfc9923 */
function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    result = Math.imul(result ^ text.charCodeAt(at), 0x01000193);
  }
  return result | 0;
}
