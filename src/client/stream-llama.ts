import type { ResponseStream } from "@aws-sdk/client-bedrock-runtime";

import type { NativeStopReason } from "../bedrock/index.js";
import { type LlamaChunk, type LlamaMetrics, parseChunk } from "./chunk.js";
import { connect, importSdk } from "./connection.js";
import { type CriaResponse, exchangeHeaders } from "./cria-headers.js";
import { StreamBrokenError } from "./errors.js";
import type { LlamaOptions } from "./options.js";
import { buildRequest, type LlamaRequest } from "./request.js";
import { isKnown, ResponseGuard } from "./response-guard.js";

/** The counts of a call: running totals while it streams, final after the last chunk. */
export interface LlamaTotals {
  /** Number of tokens in the prompt; 0 before the first chunk. */
  readonly promptTokenCount: number;
  /** Number of tokens generated, including the end-of-sequence token. */
  readonly generationTokenCount: number;
  /** Null until the last chunk. */
  readonly stopReason: NativeStopReason | null;
  /** Bedrock's metrics; left out until the last chunk. */
  readonly metrics?: LlamaMetrics;
}

/** A streamed answer. It can be iterated once. The request is sent when iteration begins; `break` cancels it. */
export interface LlamaStream extends AsyncIterable<LlamaChunk> {
  /** The counts so far. */
  readonly totals: LlamaTotals;
  /** The name of the stand-in that answers; undefined if the requested model does, and before the first chunk. */
  readonly standIn: string | undefined;
}

/**
 * Calls a Llama model and streams its answer: one chunk for each token, as soon as it arrives. If a token takes long, Cria may send a
 * chunk with an empty text before it.
 *
 * ```js
 * for await (const { generation } of streamLlama({ prompt: "<s>[INST] Hello [/INST]" })) {
 *   process.stdout.write(generation);
 * }
 * ```
 *
 * Iteration throws, always after yielding every chunk that arrived:
 * - the SDK's exception for an error of Bedrock, before the first chunk or in the middle of the stream
 * - {@link StreamBrokenError}: the stream ended before the model had finished
 * - {@link LlamaResponseError}: the response isn't that of a Llama model
 * - `signal.reason`, once `options.signal` is aborted
 * - where there was no response at all, what the SDK throws: an error of the network, or of the credentials for AWS
 *
 * The SDK retries a refused request, but never one that has begun to stream: no chunk arrives twice.
 *
 * @throws {TypeError} the options contradict each other.
 */
export function streamLlama(options: LlamaOptions): LlamaStream {
  const request = buildRequest(options);
  const state: CallState = {
    totals: { promptTokenCount: 0, generationTokenCount: 0, stopReason: null },
    response: undefined,
  };
  const chunks = run(options, request, state);
  return {
    [Symbol.asyncIterator]: () => chunks,
    get totals() {
      return state.totals;
    },
    get standIn() {
      return state.response?.standIn;
    },
  };
}

interface CallState {
  totals: LlamaTotals;
  response: CriaResponse | undefined;
}

async function* run(
  options: LlamaOptions,
  request: LlamaRequest,
  state: CallState,
): AsyncGenerator<LlamaChunk, void, undefined> {
  const { signal } = options;
  signal?.throwIfAborted();
  const connection = await connect(options);
  // The SDK doesn't cancel the request when its loop is left; this signal does.
  const left = new AbortController();
  const abortSignal = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  try {
    const { InvokeModelWithResponseStreamCommand } = await importSdk();
    const command = new InvokeModelWithResponseStreamCommand(request);
    state.response = exchangeHeaders(connection.client, options);
    const guard = new ResponseGuard(command, { streams: true });
    const { body } = await connection.client.send(command, { abortSignal }).catch((error: unknown) => {
      throw guard.explain(error);
    });
    for await (const chunk of readChunks(body ?? [])) {
      signal?.throwIfAborted();
      state.totals = addUp(state.totals, chunk);
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    left.abort();
    connection.release();
  }
}

/** The chunks of a response. @throws {StreamBrokenError} it ends without a stop reason or an exception frame */
async function* readChunks(
  body: AsyncIterable<ResponseStream> | [],
): AsyncGenerator<LlamaChunk, void, undefined> {
  let chunks = 0;
  let done = false;
  try {
    for await (const { chunk } of body) {
      if (!chunk?.bytes) continue;
      const parsed = parseChunk(chunk.bytes);
      chunks += 1;
      done = parsed.stopReason !== null;
      yield parsed;
    }
  } catch (error) {
    throw isKnown(error) ? error : new StreamBrokenError(chunks, { cause: error });
  }
  if (!done) throw new StreamBrokenError(chunks);
}

function addUp(totals: LlamaTotals, chunk: LlamaChunk): LlamaTotals {
  return {
    promptTokenCount: chunk.promptTokenCount ?? totals.promptTokenCount,
    generationTokenCount: chunk.generationTokenCount,
    stopReason: chunk.stopReason,
    ...(chunk.metrics && { metrics: chunk.metrics }),
  };
}
