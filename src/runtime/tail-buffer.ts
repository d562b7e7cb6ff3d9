/** Keeps the last bytes of a stream. */
export class TailBuffer {
  readonly #limit: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  push(chunk: Uint8Array): void {
    const kept = chunk.subarray(Math.max(0, chunk.byteLength - this.#limit));
    this.#chunks.push(kept);
    this.#size += kept.byteLength;
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      if (this.#size - first.byteLength < this.#limit) break;
      this.#chunks.shift();
      this.#size -= first.byteLength;
    }
  }

  /** At most the limit, decoded as UTF-8; a character cut in two becomes U+FFFD. */
  text(): string {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.byteLength - this.#limit)).toString('utf8');
  }
}
