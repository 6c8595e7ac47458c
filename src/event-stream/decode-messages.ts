import type { Message } from "./message.js";
import { MessageDecoder } from "./message-decoder.js";

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
