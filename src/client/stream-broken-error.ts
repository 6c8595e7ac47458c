/**
 * The stream ended before the model did: no chunk carried a stop reason.
 *
 * The AWS SDK for JavaScript ends such a stream as if it were whole (a closed or reset HTTP/2 connection, a body that ends
 * between two frames), so the client looks for the stop reason itself. Damaged bytes are told this way too, with the SDK's
 * own error as `cause`.
 */
export class StreamBrokenError extends Error {
  override readonly name = "StreamBrokenError";
  /** @param chunks - chunks that were yielded before the break */
  constructor(
    readonly chunks: number,
    options?: ErrorOptions,
  ) {
    const after = `after ${chunks} ${chunks === 1 ? "chunk" : "chunks"}`;
    super(`The stream broke off ${after}, before the model had finished.`, options);
  }
}
