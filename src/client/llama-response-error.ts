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
