import type { FileHandle } from "node:fs/promises";

import { GgufFormatError } from "../errors.js";
import { MAX_HEADER_BYTES, READ_BYTES } from "./bounds.js";

/** The length before a string is a 64-bit number. */
const LENGTH_BYTES = 8;

/** Reads a file's bytes in order from its beginning, as little-endian values. */
export class ByteSource {
  readonly #file: FileHandle;
  readonly #size: number;
  #buffer = Buffer.alloc(0);
  /** The buffer's offset in the file. */
  #start = 0;
  /** The next byte's offset in the buffer. */
  #at = 0;

  /** @param size - the file's size */
  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** The number of bytes taken and skipped. */
  get position(): number {
    return this.#start + this.#at;
  }

  async uint32(): Promise<number> {
    return (await this.take(4)).readUInt32LE();
  }

  /** A 64-bit count or offset. @throws {GgufFormatError} it is too large to be exact in a JavaScript number */
  async count(what: string): Promise<number> {
    const value = Number((await this.take(8)).readBigUInt64LE());
    if (Number.isSafeInteger(value)) return value;
    throw new GgufFormatError(`it claims to have ${value} ${what}`);
  }

  /** The next bytes, which are valid until the next call. */
  async take(length: number): Promise<Buffer> {
    if (this.#buffer.length - this.#at < length) await this.#fill(length);
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** Skips bytes. Those beyond the buffer are not read. */
  skip(length: number): void {
    this.#check(length);
    const next = this.#at + length;
    if (next <= this.#buffer.length) {
      this.#at = next;
    } else {
      this.#start += next;
      this.#buffer = Buffer.alloc(0);
      this.#at = 0;
    }
  }

  /** Skips strings. Awaits reads only, not each string: a vocabulary has hundreds of thousands. */
  async skipStrings(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      if (this.#buffer.length - this.#at < LENGTH_BYTES) await this.#fill(LENGTH_BYTES);
      // two halves, because a 64-bit read allocates a BigInt
      const low = this.#buffer.readUInt32LE(this.#at);
      const high = this.#buffer.readUInt32LE(this.#at + 4);
      this.skip(LENGTH_BYTES + low + high * 2 ** 32);
    }
  }

  /** Reads until the buffer holds the next `length` bytes. */
  async #fill(length: number): Promise<void> {
    this.#check(length);
    const rest = this.#buffer.subarray(this.#at);
    const wanted = Math.max(length, READ_BYTES);
    const next = Buffer.allocUnsafe(wanted);
    rest.copy(next);
    let have = rest.length;
    const from = this.#start + this.#buffer.length;
    while (have < length) {
      const { bytesRead } = await this.#file.read(next, have, wanted - have, from + have - rest.length);
      if (bytesRead === 0) throw endsEarly();
      have += bytesRead;
    }
    this.#start += this.#at;
    this.#at = 0;
    this.#buffer = next.subarray(0, have);
  }

  #check(length: number): void {
    const end = this.position + length;
    if (end > this.#size) throw endsEarly();
    if (end > MAX_HEADER_BYTES)
      throw new GgufFormatError(`its metadata is longer than ${MAX_HEADER_BYTES} bytes`);
  }
}

function endsEarly(): GgufFormatError {
  return new GgufFormatError("it ends in the middle of its metadata", true);
}
