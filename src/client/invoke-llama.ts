import type { NativeStopReason } from "../bedrock/index.js";
import { parseChunk } from "./chunk.js";
import { connect, importSdk } from "./connection.js";
import { exchangeHeaders } from "./cria-headers.js";
import type { LlamaOptions } from "./options.js";
import { buildRequest } from "./request.js";
import { ResponseGuard } from "./response-guard.js";

/** A complete answer. */
export interface LlamaResult {
  /** The text, without special tokens. */
  readonly generation: string;
  /** Number of tokens in the prompt. */
  readonly promptTokenCount: number;
  /** Number of tokens generated, including the end-of-sequence token. */
  readonly generationTokenCount: number;
  /** `stop`: the model ended the answer; `length`: `maxGenLen` or the context size was reached. */
  readonly stopReason: NativeStopReason | null;
  /** The name of the stand-in that answered; undefined if the requested model did. */
  readonly standIn: string | undefined;
}

/**
 * Calls a Llama model and waits for the complete answer.
 *
 * @throws {TypeError} the options contradict each other.
 * @throws {LlamaResponseError} the response isn't that of a Llama model.
 * @throws the SDK's exception for an error of Bedrock, or `signal.reason` once `options.signal` is aborted; where there was no response
 * at all, what the SDK throws: an error of the network, or of the credentials for AWS.
 */
export async function invokeLlama(options: LlamaOptions): Promise<LlamaResult> {
  const { signal } = options;
  const request = buildRequest(options);
  signal?.throwIfAborted();
  const connection = await connect(options);
  try {
    const { InvokeModelCommand } = await importSdk();
    const command = new InvokeModelCommand(request);
    const answer = exchangeHeaders(connection.client, options);
    const guard = new ResponseGuard(command, { streams: false });
    const { body } = await connection.client
      .send(command, signal && { abortSignal: signal })
      .catch((error: unknown) => {
        throw guard.explain(error);
      });
    const { generation, promptTokenCount, generationTokenCount, stopReason } = parseChunk(body);
    return {
      generation,
      promptTokenCount: promptTokenCount ?? 0,
      generationTokenCount,
      stopReason,
      standIn: answer.standIn,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    connection.release();
  }
}
