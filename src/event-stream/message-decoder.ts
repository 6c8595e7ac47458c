import { decodeMessage } from "./decode-message.js";
import { PRELUDE_BYTES } from "./limits.js";
import { MessageTruncatedError } from "./message-truncated-error.js";
import type { Message } from "./message.js";
import { PendingBytes } from "./pending-bytes.js";
import { type Prelude, readPrelude } from "./prelude.js";

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
