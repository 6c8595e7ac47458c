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
