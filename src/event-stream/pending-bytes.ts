/** Room for a message of the usual length (a Bedrock chunk is 200 to 400 bytes) without growing. */
const INITIAL_CAPACITY = 1024;

/** Capacity that is kept for the next message; more is given back when a message is done. */
const KEPT_CAPACITY = 64 * 1024;

/** The bytes of one unfinished message. Its memory doubles as bytes come, so that appending costs the same for each byte. */
export class PendingBytes {
  #buffer = new Uint8Array(INITIAL_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far: a view, good until the next call of `append` or `clear`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      grown.set(this.bytes);
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  clear(): void {
    if (this.#buffer.length > KEPT_CAPACITY) this.#buffer = new Uint8Array(INITIAL_CAPACITY);
    this.#length = 0;
  }
}
