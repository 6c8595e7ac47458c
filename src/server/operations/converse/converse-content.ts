import {
  type ConverseContent,
  type ConverseStopReason,
  newToolUseId,
  type Tool,
} from "../../../bedrock/index.js";
import { readTemplateToolCalls, readToolCalls } from "../../../prompt/index.js";

/** What the model answered, as Converse sends it. */
export interface Answer {
  readonly content: readonly ConverseContent[];
  readonly stopReason: ConverseStopReason;
}

/**
 * Reads the calls of tools out of a whole answer. An answer that was cut, at the limit of tokens or at a stop sequence, is text: a call
 * may have lost its end (inferred).
 *
 * @param text - the whole answer
 * @param stopReason - why the text ended
 * @param tools - those that the request declares
 * @param standIn - whether a stand-in answered, which writes calls as its own chat template teaches
 */
export function converseContent(
  text: string,
  stopReason: ConverseStopReason,
  tools: readonly Tool[],
  { standIn }: { readonly standIn: boolean },
): Answer {
  const read = standIn ? readTemplateToolCalls : readToolCalls;
  const calls = tools.length > 0 && stopReason === "end_turn" ? read(text, tools) : undefined;
  if (!calls) return { content: [{ type: "text", text }], stopReason };
  // calls come alone, without a block of text (recorded)
  const content = calls.map((call) => ({ type: "toolUse", id: newToolUseId(), ...call }) as const);
  return { content, stopReason: "tool_use" };
}
