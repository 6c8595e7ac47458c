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
