import { type LlamaFamily, llamaModels } from "../../../src/bedrock/index.js";
import { readRecording, type Recording } from "../../server/support/recording.js";
import { answerOf, modelOf, type RecordedAnswer } from "./recorded-answers.js";
import { recordedExchanges, type RecordedExchange } from "./recorded-exchanges.js";

/** A recorded request with the tokens that Bedrock counted. */
export interface RecordedCount extends RecordedExchange {
  readonly recording: Recording;
  readonly answer: RecordedAnswer;
  /** The model's id. */
  readonly id: string;
  readonly family: LlamaFamily;
}

/** Every recorded request that a model answered. */
export const recordedCounts: readonly RecordedCount[] = recordedExchanges.flatMap((exchange) => {
  const recording = readRecording(exchange.name);
  const answer = answerOf(recording);
  const id = modelOf(recording.request.path);
  const family = llamaModels.find((model) => model.id === id)?.family;
  return answer && family ? [{ ...exchange, recording, answer, id, family }] : [];
});

/** The path and body of the CountTokens request that asks for the tokens of a recorded request. */
export function countTokensRequest({ request }: Recording): { readonly path: string; readonly body: string } {
  const path = request.path.replace(/\/[^/]+$/u, "/count-tokens");
  if (request.path.includes("/invoke")) {
    const body = Buffer.from(request.body).toString("base64");
    return { path, body: JSON.stringify({ input: { invokeModel: { body } } }) };
  }
  const { messages, system, toolConfig } = JSON.parse(request.body) as Record<string, unknown>;
  return { path, body: JSON.stringify({ input: { converse: { messages, system, toolConfig } } }) };
}
