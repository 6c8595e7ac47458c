/** What came back isn't a native Llama response: the model id is another maker's, or the endpoint isn't Bedrock's. */
export class LlamaResponseError extends Error {
  override readonly name = "LlamaResponseError";
  /** @param body - the first characters of what came instead */
  constructor(
    readonly body: string,
    options?: ErrorOptions,
  ) {
    super(`The response isn't a Llama model's: ${body}`, options);
  }
}

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

/** Messages can't be rendered for this model id: its prompt format isn't known, or it has none. */
export class UnknownPromptFormatError extends Error {
  override readonly name = "UnknownPromptFormatError";
  /**
   * @param modelId - as the caller gave it
   * @param why - a sentence
   */
  constructor(
    readonly modelId: string,
    why: string,
  ) {
    super(`The messages can't be written as a prompt for ${modelId}: ${why} Give a whole prompt instead.`);
  }
}
