import type { FileHandle } from "node:fs/promises";

import { GgufFormatError } from "../errors.js";
import { MAX_HEADER_BYTES, READ_BYTES } from "./bounds.js";

/** A text's length is a 64-bit number. */
const LENGTH_BYTES = 8;

/** A file's bytes from its beginning, in order, little-endian. */
export class ByteSource {
  readonly #file: FileHandle;
  readonly #size: number;
  #buffer = Buffer.alloc(0);
  /** Where in the file the buffer begins. */
  #start = 0;
  /** Where in the buffer the next byte is. */
  #at = 0;

  /** @param size - the file's size */
  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** How many bytes were taken or passed over. */
  get position(): number {
    return this.#start + this.#at;
  }

  async uint32(): Promise<number> {
    return (await this.take(4)).readUInt32LE();
  }

  /** A 64-bit count or offset. @throws {GgufFormatError} it's larger than any that can be meant */
  async count(what: string): Promise<number> {
    const value = Number((await this.take(8)).readBigUInt64LE());
    if (Number.isSafeInteger(value)) return value;
    throw new GgufFormatError(`it says to have ${value} ${what}`);
  }

  /** The next bytes. They are valid until the next call. */
  async take(length: number): Promise<Buffer> {
    if (this.#buffer.length - this.#at < length) await this.#fill(length);
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** Passes over bytes, without reading them where they are many. */
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

  /** Passes over texts, each with its length before it. Without waiting for each: vocabularies have hundreds of thousands. */
  async skipTexts(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      if (this.#buffer.length - this.#at < LENGTH_BYTES) await this.#fill(LENGTH_BYTES);
      // two halves: a 64-bit read makes an object each time
      const low = this.#buffer.readUInt32LE(this.#at);
      const high = this.#buffer.readUInt32LE(this.#at + 4);
      this.skip(LENGTH_BYTES + low + high * 2 ** 32);
    }
  }

  /** Reads on, so that `length` bytes are in the buffer. */
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
    if (end > MAX_HEADER_BYTES) throw new GgufFormatError("what stands before its tensors has no end");
  }
}

function endsEarly(): GgufFormatError {
  return new GgufFormatError("it ends in the middle of its metadata", true);
}
