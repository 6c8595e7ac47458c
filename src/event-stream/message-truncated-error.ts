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
