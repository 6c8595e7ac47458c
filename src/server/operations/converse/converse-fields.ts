import { type ConverseStopReason, responseFields } from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import type { TokenMeter } from "../../generation/index.js";
import type { ConverseInput } from "./converse-input.js";

/**
 * The fields of the model's native response that `additionalModelResponseFieldPaths` requests.
 *
 * @param text - the whole answer, also where it calls tools
 */
export function converseFields(
  { responseFieldPaths }: ConverseInput,
  { promptTokens }: Generation,
  { count }: TokenMeter,
  text: string,
  stopReason: ConverseStopReason,
): object | undefined {
  if (responseFieldPaths.length === 0) return undefined;
  return responseFields(responseFieldPaths, {
    generation: text,
    prompt_token_count: promptTokens,
    generation_token_count: count,
    // the native response has no reason of its own for a stop sequence or a call of a tool
    stop_reason: stopReason === "max_tokens" ? "length" : "stop",
  });
}
