import { PassThrough } from "node:stream";

import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { createLogger, type CriaServer, serve, type UpstreamServer } from "../../../src/server/index.js";

/** Its prompts get no beginning-of-sequence token. */
export const LLAMA_3 = "meta.llama3-8b-instruct-v1:0";

/** Its prompts get one. */
export const LLAMA_2 = "meta.llama2-13b-chat-v1";

/** Cria in front of a server. */
export interface Front {
  readonly server: CriaServer;
  /** All that it logged. */
  readonly log: () => string;
}

/** Starts Cria, with a server for one model of each rule for the beginning of a sequence. */
export async function startFront(upstream: UpstreamServer): Promise<Front> {
  const destination = new PassThrough();
  let text = "";
  destination.setEncoding("utf8").on("data", (part: string) => (text += part));
  const server = await serve({
    upstreams: { [LLAMA_3]: upstream, [LLAMA_2]: upstream },
    engine: createScriptedEngine({ script: { tokens: ["not from a server"] } }),
    logger: await createLogger({ destination }),
  });
  return { server, log: () => text };
}

/** A client with the SDK's own retries. @param maxAttempts - the SDK's own number by default, three */
export function sdkClient(
  url: string,
  protocol: "HTTP/1.1" | "HTTP/2" = "HTTP/2",
  maxAttempts?: number,
): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(protocol === "HTTP/1.1" && { requestHandler: new NodeHttpHandler() }),
  });
}

/** A chunk of the native stream; the whole native answer has the same members. */
export interface NativeChunk {
  readonly generation: string;
  readonly prompt_token_count: number | null;
  readonly generation_token_count: number;
  readonly stop_reason: "stop" | "length" | null;
}

/** A greedy native request. */
export const nativeInput = (prompt: string, maxTokens: number, modelId = LLAMA_3) => ({
  ...{ modelId, contentType: "application/json" },
  body: JSON.stringify({ prompt, max_gen_len: maxTokens, temperature: 0, top_p: 1 }),
});

/** Asks for a whole answer. */
export async function invoke(
  client: BedrockRuntimeClient,
  input: ReturnType<typeof nativeInput>,
): Promise<NativeChunk> {
  const { body } = await client.send(new InvokeModelCommand(input));
  return JSON.parse(Buffer.from(body).toString()) as NativeChunk;
}

/**
 * Asks for a stream.
 *
 * @param onChunk - called with each chunk but those without a token: while a server is silent, Cria begins a frame, which ends empty where the next token doesn't fit
 *   into it or never comes. Of these only a prompt's count is kept, with the next chunk.
 */
export async function invokeStream(
  client: BedrockRuntimeClient,
  input: ReturnType<typeof nativeInput>,
  onChunk: (chunk: NativeChunk) => void,
  abortSignal?: AbortSignal,
): Promise<void> {
  const command = new InvokeModelWithResponseStreamCommand(input);
  const { body = [] } = await client.send(command, { ...(abortSignal && { abortSignal }) });
  let count = 0;
  let promptTokens: number | null = null;
  for await (const { chunk } of body) {
    if (!chunk?.bytes) continue;
    const got = JSON.parse(Buffer.from(chunk.bytes).toString()) as NativeChunk;
    const isEmpty = got.generation === "" && got.generation_token_count === count && got.stop_reason === null;
    if (isEmpty) promptTokens ??= got.prompt_token_count;
    else onChunk({ ...got, prompt_token_count: got.prompt_token_count ?? promptTokens });
    count = got.generation_token_count;
    if (!isEmpty) promptTokens = null;
  }
}
