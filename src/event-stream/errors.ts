/** A header can't be written: its name or its value is outside what the format can carry. */
export class InvalidHeaderError extends Error {
  override readonly name = "InvalidHeaderError";
  /**
   * @param header - the header's name
   * @param reason - what is wrong with it, to follow "The header … has"
   */
  constructor(
    readonly header: string,
    readonly reason: string,
  ) {
    super(`The event-stream header ${JSON.stringify(header.slice(0, 64))} has ${reason}.`);
  }
}

/** Which rule of the format the bytes break. */
export type CorruptPart = "prelude checksum" | "message checksum" | "lengths" | "headers";

/** The bytes are not an event-stream message. Nothing after them can be read: the place of the next message is unknown. */
export class MessageCorruptError extends Error {
  override readonly name = "MessageCorruptError";
  /**
   * @param part - which rule is broken
   * @param detail - how, as one sentence
   */
  constructor(
    readonly part: CorruptPart,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`Corrupt event-stream message (${part}): ${detail}`, options);
  }
}

/** A part of a message is longer than the format allows; nothing was allocated for it. */
export class MessageTooLargeError extends Error {
  override readonly name = "MessageTooLargeError";
  /**
   * @param part - what is too long
   * @param bytes - how long it is
   * @param limit - how long it may be
   */
  constructor(
    readonly part: "headers" | "body",
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`The ${part} of an event-stream message may be ${limit} bytes long, not ${bytes}.`);
  }
}

/** The bytes ended inside a message. */
export class MessageTruncatedError extends Error {
  override readonly name = "MessageTruncatedError";
  /**
   * @param receivedBytes - bytes of the unfinished message that arrived
   * @param expectedBytes - its whole length; undefined if the end came before the prelude was complete
   */
  constructor(
    readonly receivedBytes: number,
    readonly expectedBytes: number | undefined,
  ) {
    super(
      `The event stream ended inside a message: ${receivedBytes} of ${expectedBytes ?? "at least 16"} bytes came.`,
    );
  }
}
