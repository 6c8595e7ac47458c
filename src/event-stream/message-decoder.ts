import { decodeMessage, type Prelude, readPrelude } from "./decode-message.js";
import { MessageTruncatedError } from "./errors.js";
import { PRELUDE_BYTES } from "./limits.js";
import type { Message } from "./message.js";

/**
 * Reads messages out of bytes that arrive in pieces of any size. What it returns shares no memory with what it was given.
 *
 * It holds at most the bytes of one message, and no more than twice what has arrived of it: a length on the wire decides
 * on no memory, and is checked, with its checksum, as soon as it's there.
 */
export class MessageDecoder {
  readonly #pending = new PendingBytes();
  /** Of the message whose bytes are pending, once 12 of them are there. */
  #prelude: Prelude | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * Takes the next bytes and returns the messages they complete.
   *
   * If bytes after a complete message are wrong, the complete ones are returned, and the next call throws: no message is
   * lost to an error behind it. After an error every call throws it again, since nothing behind it can be read.
   *
   * @throws {MessageCorruptError} a checksum, a length or a header is wrong.
   * @throws {MessageTooLargeError} a message announces more than the format allows.
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
   * Says that no more bytes come.
   *
   * @throws {MessageTruncatedError} they ended inside a message.
   * @throws what `push` has still to throw.
   */
  finish(): void {
    this.#throwFailure();
    if (this.#pending.length > 0) {
      throw new MessageTruncatedError(this.#pending.length, this.#prelude?.totalBytes);
    }
  }

  /** Takes what the message in progress needs, and returns the rest. */
  #take(bytes: Uint8Array, messages: Message[]): Uint8Array {
    if (this.#pending.length === 0 && bytes.length >= PRELUDE_BYTES) {
      // the usual case: a whole message in one piece is read where it lies
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
 * Reads the messages out of a stream of bytes, each as soon as its last byte is there. An error is thrown once every
 * message before it was yielded.
 *
 * @param source - pieces of any size, such as a `fetch` body or a Node stream
 * @throws {MessageCorruptError} a checksum, a length or a header is wrong.
 * @throws {MessageTooLargeError} a message announces more than the format allows.
 * @throws {MessageTruncatedError} the stream ended inside a message.
 */
export async function* decodeMessages(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Message, void, undefined> {
  const decoder = new MessageDecoder();
  for await (const bytes of source) {
    yield* decoder.push(bytes);
    // what was wrong behind those messages is thrown now, not when more bytes come: perhaps none do
    decoder.push(NO_BYTES);
  }
  decoder.finish();
}

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
