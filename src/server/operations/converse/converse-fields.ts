import { type ConverseStopReason, responseFields } from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import type { TokenMeter } from "../../generation/index.js";
import type { ConverseInput } from "./converse-input.js";

/**
 * What `additionalModelResponseFieldPaths` asked for of the model's native response.
 *
 * @param text - the whole answer
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
    // to the model, a stop sequence is an end like its own
    stop_reason: stopReason === "max_tokens" ? "length" : "stop",
  });
}
