import { decodeMessage, type Prelude, readPrelude } from "./decode-message.js";
import { MessageTruncatedError } from "./errors.js";
import { PRELUDE_BYTES } from "./limits.js";
import type { Message } from "./message.js";

/**
 * Decodes messages from bytes that arrive in pieces of any size. The messages share no memory with the pieces.
 *
 * The decoder holds the bytes of one message at most, in no more than twice the memory that they need. A message's length is checked
 * as soon as its prelude has arrived, and no memory is allocated by it.
 */
export class MessageDecoder {
  readonly #pending = new PendingBytes();
  /** The prelude of the pending message, once its 12 bytes have arrived. */
  #prelude: Prelude | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * Takes the next bytes and returns the messages that they complete.
   *
   * If the bytes after complete messages are wrong, those messages are returned and the next call throws, so that an error loses
   * no message before it. After an error every call throws it again, since nothing after it can be read.
   *
   * @throws {MessageCorruptError} a checksum, a length or a header is wrong.
   * @throws {MessageTooLargeError} a message is longer than the format allows.
   */
  push(bytes: Uint8Array): Message[] {
    this.#throwFailure();
    const messages: Message[] = [];
    try {
      while (bytes.length > 0) bytes = this.#take(bytes, messages);
    } catch (error) {
      this.#failure = { error };
      if (messages.length === 0) throw error;
    }
    return messages;
  }

  /**
   * Ends the stream.
   *
   * @throws {MessageTruncatedError} the bytes ended inside a message.
   * @throws the error that the next `push` would throw.
   */
  finish(): void {
    this.#throwFailure();
    if (this.#pending.length > 0) {
      throw new MessageTruncatedError(this.#pending.length, this.#prelude?.totalBytes);
    }
  }

  /** Takes the bytes that the pending message needs, and returns the rest. */
  #take(bytes: Uint8Array, messages: Message[]): Uint8Array {
    if (this.#pending.length === 0 && bytes.length >= PRELUDE_BYTES) {
      // the usual case: a whole message in one piece is decoded without a copy
      this.#prelude = readPrelude(bytes);
      const { totalBytes } = this.#prelude;
      if (bytes.length >= totalBytes) {
        messages.push(decodeMessage(bytes.subarray(0, totalBytes), this.#prelude));
        this.#prelude = undefined;
        return bytes.subarray(totalBytes);
      }
    }
    const wanted = (this.#prelude?.totalBytes ?? PRELUDE_BYTES) - this.#pending.length;
    this.#pending.append(bytes.subarray(0, wanted));
    if (bytes.length >= wanted) {
      if (this.#prelude) {
        messages.push(decodeMessage(this.#pending.bytes, this.#prelude));
        this.#pending.clear();
        this.#prelude = undefined;
      } else {
        this.#prelude = readPrelude(this.#pending.bytes);
      }
    }
    return bytes.subarray(wanted);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

const NO_BYTES = new Uint8Array();

/**
 * Decodes the messages of a stream, each as soon as its last byte arrives. An error is thrown after every message before it was
 * yielded.
 *
 * @param source - pieces of any size, such as a `fetch` body or a Node stream
 * @throws {MessageCorruptError} a checksum, a length or a header is wrong.
 * @throws {MessageTooLargeError} a message is longer than the format allows.
 * @throws {MessageTruncatedError} the stream ended inside a message.
 */
export async function* decodeMessages(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Message, void, undefined> {
  const decoder = new MessageDecoder();
  for await (const bytes of source) {
    yield* decoder.push(bytes);
    // throws an error after those messages now: there may be no next bytes
    decoder.push(NO_BYTES);
  }
  decoder.finish();
}

/** Enough for a message of the usual length: a chunk of Bedrock has 200 to 400 bytes. */
const INITIAL_CAPACITY = 1024;

/** The capacity kept for the next message. A larger buffer is released after its message. */
const KEPT_CAPACITY = 64 * 1024;

/** The bytes of one unfinished message. The buffer doubles when it is full, so that each byte costs the same on average. */
class PendingBytes {
  #buffer = new Uint8Array(INITIAL_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far: a view, valid until the next call of `append` or `clear`. */
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
