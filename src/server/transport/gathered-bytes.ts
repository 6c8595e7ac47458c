/**
 * Bytes as they come. They are copied together: each part kept as it came would cost some 200 bytes beside its own, which for a
 * body that is sent byte by byte is gigabytes (measured). Its memory doubles, so that appending costs the same for each byte.
 */
export class GatheredBytes {
  #buffer: Uint8Array = new Uint8Array();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far: a view, good until the next call of {@link append}. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  append(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (this.#length === 0) {
      // the usual case: all of it in one part
      this.#buffer = part;
    } else {
      if (length > this.#buffer.length) {
        const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
        grown.set(this.bytes);
        this.#buffer = grown;
      }
      this.#buffer.set(part, this.#length);
    }
    this.#length = length;
  }
}
