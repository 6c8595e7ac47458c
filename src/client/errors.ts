/** The response isn't a native Llama response: the model id is another provider's, or the endpoint isn't Bedrock's. */
export class LlamaResponseError extends Error {
  override readonly name = "LlamaResponseError";
  /** @param body - the beginning of the response */
  constructor(
    readonly body: string,
    options?: ErrorOptions,
  ) {
    super(`The response isn't that of a Llama model: ${body}`, options);
  }
}

/**
 * The stream ended too early: no chunk had a stop reason.
 *
 * The AWS SDK for JavaScript ends an incomplete stream without an error if the HTTP/2 connection is closed or reset, or if the body ends
 * between two frames. So the client checks for the stop reason itself. Corrupt frames throw this error too, with the SDK's own error as
 * `cause`.
 */
export class StreamBrokenError extends Error {
  override readonly name = "StreamBrokenError";
  /** @param chunks - number of chunks yielded before */
  constructor(
    readonly chunks: number,
    options?: ErrorOptions,
  ) {
    const after = `after ${chunks} ${chunks === 1 ? "chunk" : "chunks"}`;
    super(`The stream ended ${after}, before the model had finished.`, options);
  }
}

/** Messages can't be rendered for this model id: its prompt format is unknown, or it has none. */
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
    super(`Cria can't write messages as a prompt for ${modelId}: ${why} Use \`prompt\` instead.`);
  }
}
