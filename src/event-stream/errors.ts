/** A header can't be encoded: the format can't represent its name or its value. */
export class InvalidHeaderError extends Error {
  override readonly name = "InvalidHeaderError";
  /**
   * @param header - the header's name
   * @param reason - what is wrong, to follow "The header … has"
   */
  constructor(
    readonly header: string,
    readonly reason: string,
  ) {
    super(`The event-stream header ${JSON.stringify(header.slice(0, 64))} has ${reason}.`);
  }
}

/** The part of a message that violates the format. */
export type CorruptPart = "prelude checksum" | "message checksum" | "lengths" | "headers";

/** The bytes aren't an event-stream message. Nothing after them can be read, as the next message's start is unknown. */
export class MessageCorruptError extends Error {
  override readonly name = "MessageCorruptError";
  /**
   * @param part - the part that is wrong
   * @param detail - what is wrong with it, as one sentence
   */
  constructor(
    readonly part: CorruptPart,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`Corrupt event-stream message (${part}): ${detail}`, options);
  }
}

/** A part of a message is longer than the format allows. No memory was allocated for it. */
export class MessageTooLargeError extends Error {
  override readonly name = "MessageTooLargeError";
  /**
   * @param part - the part that is too long
   * @param bytes - its length
   * @param limit - the longest length allowed
   */
  constructor(
    readonly part: "headers" | "body",
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`The ${part} of an event-stream message may have at most ${limit} bytes, not ${bytes}.`);
  }
}

/** The stream ended inside a message. */
export class MessageTruncatedError extends Error {
  override readonly name = "MessageTruncatedError";
  /**
   * @param receivedBytes - bytes of the unfinished message that arrived
   * @param expectedBytes - its length; undefined if the bytes ended inside the prelude
   */
  constructor(
    readonly receivedBytes: number,
    readonly expectedBytes: number | undefined,
  ) {
    super(
      `The event stream ended inside a message: ${receivedBytes} of ${expectedBytes ?? "at least 16"} bytes arrived.`,
    );
  }
}
