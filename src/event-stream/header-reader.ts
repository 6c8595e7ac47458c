import { MessageCorruptError } from "./message-corrupt-error.js";
import { readUtf8 } from "./utf8.js";

/** Reads the headers section of a message front to back, and never beyond its end. */
export class HeaderReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #offset: number;

  /** The section goes from `start` to `end` of a message. */
  constructor(message: Uint8Array, start: number, end: number) {
    this.#bytes = message;
    this.#view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    this.#offset = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#offset === this.#end;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  /** A view of the next `length` bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    const start = this.#advance(length);
    try {
      return readUtf8(this.#bytes, start, this.#offset);
    } catch (cause) {
      throw new MessageCorruptError("headers", "a name or a string is not UTF-8.", { cause });
    }
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (start + length > this.#end) {
      throw new MessageCorruptError("headers", "the last header goes beyond the end of the headers.");
    }
    this.#offset = start + length;
    return start;
  }
}
