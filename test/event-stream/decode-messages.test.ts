import { describe, expect, it } from "vitest";
import {
  decodeMessages,
  MessageCorruptError,
  MessageTruncatedError,
  type Message,
} from "../../src/event-stream/index.js";
import { negativeVectors, positiveVectors } from "./published-vectors.js";
import { concat, fromHex } from "./support.js";

const stream = concat(positiveVectors.map(({ hex }) => fromHex(hex)));
const messages = positiveVectors.map(({ message }) => message);

/** The pieces one after the other; then `end`, which may never come. */
async function* source(
  pieces: Uint8Array[],
  end: Promise<void> = Promise.resolve(),
): AsyncGenerator<Uint8Array> {
  yield* pieces;
  await end;
}

/** What was yielded, and what was thrown after it. */
async function collect(decoded: AsyncIterable<Message>): Promise<{ yielded: Message[]; error: unknown }> {
  const yielded: Message[] = [];
  try {
    for await (const message of decoded) yielded.push(message);
  } catch (error) {
    return { yielded, error };
  }
  return { yielded, error: undefined };
}

describe("decodeMessages", () => {
  it("yields every message, then ends", async () => {
    const pieces = [stream.subarray(0, 20), stream.subarray(20, 21), stream.subarray(21)];
    expect(await collect(decodeMessages(source(pieces)))).toEqual({ yielded: messages, error: undefined });
  });

  it("throws when the stream ends inside a message, after the whole ones", async () => {
    const { yielded, error } = await collect(decodeMessages(source([stream.subarray(0, -1)])));
    expect(yielded).toEqual(messages.slice(0, -1));
    expect(error).toBeInstanceOf(MessageTruncatedError);
  });

  it("throws for wrong bytes at once, after the messages in front of them, though the stream stays open", async () => {
    const never = new Promise<void>(() => undefined);
    const pieces = [concat([stream, fromHex(negativeVectors[3]?.hex ?? "")])];
    const { yielded, error } = await collect(decodeMessages(source(pieces, never)));
    expect(yielded).toEqual(messages);
    expect(error).toBeInstanceOf(MessageCorruptError);
  });

  it("throws what its source throws", async () => {
    const cut = new Error("connection reset");
    const failing = (async function* () {
      yield stream;
      await Promise.reject(cut);
    })();
    expect(await collect(decodeMessages(failing))).toEqual({ yielded: messages, error: cut });
  });

  it("closes its source when the reader stops", async () => {
    let closed = false;
    const endless = (async function* () {
      try {
        for (;;) yield await Promise.resolve(stream);
      } finally {
        closed = true;
      }
    })();
    for await (const message of decodeMessages(endless)) {
      expect(message).toEqual(messages[0]);
      break;
    }
    expect(closed).toBe(true);
  });
});
