import type { ResponseStream } from "@aws-sdk/client-bedrock-runtime";

import type { NativeStopReason } from "../bedrock/index.js";
import { type LlamaChunk, type LlamaMetrics, parseChunk } from "./chunk.js";
import { connect, importSdk } from "./connection.js";
import { type CriaResponse, exchangeHeaders } from "./cria-headers.js";
import { LlamaResponseError, StreamBrokenError } from "./errors.js";
import type { LlamaOptions } from "./options.js";
import { buildRequest, type LlamaRequest } from "./request.js";

/** The counts of a call: so far while it streams, final once its last chunk is there. */
export interface LlamaTotals {
  /** Tokens of the prompt; 0 before the first chunk. */
  readonly promptTokenCount: number;
  /** Tokens generated, the end-of-sequence token among them. */
  readonly generationTokenCount: number;
  /** Null while the model isn't done. */
  readonly stopReason: NativeStopReason | null;
  /** What Bedrock measured; left out while the model isn't done. */
  readonly metrics?: LlamaMetrics;
}

/** A streamed answer. It can be iterated once; the request is sent when iteration begins, and `break` cancels it. */
export interface LlamaStream extends AsyncIterable<LlamaChunk> {
  /** The counts so far. */
  readonly totals: LlamaTotals;
  /** The name of the stand-in that answers; undefined where the model asked for does, and before the first chunk. */
  readonly standIn: string | undefined;
}

/**
 * Asks a Llama model and streams its answer, a chunk a token, each as soon as it arrives. While a token takes long, Cria may send a
 * chunk with an empty text before it.
 *
 * ```js
 * for await (const { generation } of streamLlama({ prompt: "<s>[INST] Hello [/INST]" })) {
 *   process.stdout.write(generation);
 * }
 * ```
 *
 * Iteration throws, always after all chunks that arrived were yielded:
 * - the SDK's class of an error of Bedrock's, before the first chunk or in the middle of the stream
 * - {@link StreamBrokenError}: the connection ended before the model did
 * - {@link LlamaResponseError}: what came isn't a Llama model's answer
 * - `signal.reason`, once `options.signal` is aborted
 *
 * The SDK tries a refused request again, never one that has begun to stream: no chunk comes twice.
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
  // The SDK doesn't tell the server when its loop is left: this does.
  const left = new AbortController();
  const abortSignal = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  try {
    const { InvokeModelWithResponseStreamCommand } = await importSdk();
    const command = new InvokeModelWithResponseStreamCommand(request);
    state.response = exchangeHeaders(connection.client, options);
    const { body } = await connection.client.send(command, { abortSignal });
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

/** The chunks of a response; throws if it ends in any other way than with a last chunk or an exception frame. */
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
    const modelled = error instanceof LlamaResponseError || (error instanceof Error && "$fault" in error);
    throw modelled ? error : new StreamBrokenError(chunks, { cause: error });
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
