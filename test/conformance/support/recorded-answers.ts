import type { Script } from "../../../src/engine/index.js";
import { readChunks } from "../../server/support/frames.js";
import type { Recording } from "../../server/support/recording.js";
import { llama3Texts } from "../../support/tokenizers/tokenizers.js";
import type { RecordedExchange } from "./recorded-exchanges.js";
import { cutMessages } from "./wire-messages.js";

/** What a recorded response says of the model's answer. */
export interface RecordedAnswer {
  /** The model's tokens, without the end-of-sequence token; undefined where the recording doesn't show how they were cut. */
  readonly tokens?: readonly string[];
  /** All that the model wrote; undefined if the response has a tool call in its place. */
  readonly text: string | undefined;
  /** As counted by Bedrock. */
  readonly inputTokens: number;
  /** As counted by Bedrock: with the end-of-sequence token, if the model wrote it. */
  readonly outputTokens: number;
  readonly stopped: boolean;
}

interface ConverseAnswer {
  readonly output: { readonly message: { readonly content: readonly { readonly text?: string }[] } };
  readonly stopReason: string;
  readonly usage: Usage;
}

interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

interface NativeAnswer {
  readonly generation: string;
  readonly prompt_token_count: number;
  readonly generation_token_count: number;
  readonly stop_reason: string;
}

interface GuardrailAnswer {
  readonly "amazon-bedrock-guardrailAction": string;
}

/** The id of the model in a recorded path, without the region of an inference profile. */
export function modelOf(path: string): string {
  const [, id = ""] = /^\/model\/(?:us\.)?([^/]+)\//u.exec(path) ?? [];
  return decodeURIComponent(id);
}

/** The answer of the model; undefined for a refusal, and for a guardrail's answer. */
export function answerOf({ request, response }: Recording): RecordedAnswer | undefined {
  if (response.status !== 200) return undefined;
  if (request.path.endsWith("/invoke-with-response-stream")) return nativeStream(response.body);
  if (request.path.endsWith("/converse-stream")) return converseStream(response.body);
  const body = JSON.parse(response.body.toString()) as ConverseAnswer | NativeAnswer | GuardrailAnswer;
  if ("usage" in body) return converse(body);
  return "prompt_token_count" in body ? native(body) : undefined;
}

/** A script that makes the engine write the recorded answer with as many tokens as recorded. */
export function scriptOf(recording: Recording, { wrote, difference }: RecordedExchange): Script {
  const answer = answerOf(recording);
  if (!answer) return { tokens: [] };
  const { tokens, text = wrote ?? "", inputTokens, outputTokens, stopped } = answer;
  const count = stopped ? outputTokens - 1 : outputTokens;
  const cut = difference === "severalTokensInOneDelta" ? llama3Texts(text) : (tokens ?? cutInto(count, text));
  return {
    // the engine adds the end-of-sequence token itself
    tokens: cut,
    stopReason: stopped ? "stop" : "length",
    promptTokens: inputTokens,
  };
}

function native(body: NativeAnswer): RecordedAnswer {
  return {
    text: body.generation,
    inputTokens: body.prompt_token_count,
    outputTokens: body.generation_token_count,
    stopped: body.stop_reason === "stop",
  };
}

function nativeStream(body: Buffer): RecordedAnswer {
  const chunks = readChunks(body);
  const last = chunks.at(-1);
  const stopped = last?.stop_reason === "stop";
  const tokens = chunks.map(({ generation }) => generation).slice(0, stopped ? -1 : undefined);
  return {
    tokens,
    text: tokens.join(""),
    inputTokens: chunks[0]?.prompt_token_count ?? 0,
    outputTokens: last?.generation_token_count ?? 0,
    stopped,
  };
}

function converse({ output, stopReason, usage }: ConverseAnswer): RecordedAnswer {
  return { ...usage, text: output.message.content[0]?.text, stopped: stopReason !== "max_tokens" };
}

function converseStream(body: Buffer): RecordedAnswer {
  const payloads = cutMessages(body).map(
    ({ payload }) => JSON.parse(payload) as { delta?: { text: string }; stopReason?: string; usage?: Usage },
  );
  const stopped = payloads.some(({ stopReason }) => stopReason === "end_turn");
  const deltas = payloads.flatMap(({ delta }) => delta?.text ?? []);
  const usage = payloads.at(-1)?.usage ?? { inputTokens: 0, outputTokens: 0 };
  // an answer that the model ends has an empty delta for the end-of-sequence token
  return { ...usage, tokens: deltas.slice(0, stopped ? -1 : undefined), text: deltas.join(""), stopped };
}

/** Texts that join to a text: one character each, and the rest in the last one. */
function cutInto(count: number, text: string): string[] {
  const characters = Array.from(text);
  return [...characters.slice(0, count - 1), characters.slice(count - 1).join("")];
}
