import type { NativeStopReason } from "../bedrock/index.js";
import { parseChunk } from "./chunk.js";
import { connect, importSdk } from "./connection.js";
import { exchangeHeaders } from "./cria-headers.js";
import type { LlamaOptions } from "./options.js";
import { buildRequest } from "./request.js";

/** A whole answer. */
export interface LlamaResult {
  /** The text, never that of a special token. */
  readonly generation: string;
  /** Tokens of the prompt. */
  readonly promptTokenCount: number;
  /** Tokens generated, the end-of-sequence token among them. */
  readonly generationTokenCount: number;
  /** `stop` (the model ended) or `length` (`maxGenLen` or the context is used up). */
  readonly stopReason: NativeStopReason | null;
  /** The name of the stand-in that answered; undefined where the model asked for did. */
  readonly standIn: string | undefined;
}

/**
 * Asks a Llama model and waits for its whole answer.
 *
 * @throws {TypeError} the options contradict each other.
 * @throws {LlamaResponseError} what came isn't a Llama model's answer.
 * @throws the SDK's class of an error of Bedrock's, or `signal.reason` once `options.signal` is aborted.
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
    const { body } = await connection.client.send(command, signal && { abortSignal: signal });
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
