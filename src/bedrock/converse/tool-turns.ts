import { isToolPart, type Message } from "../message.js";
import {
  duplicateToolUseIds,
  tooManyToolResults,
  toolResultNotAlone,
  toolResultsMissing,
  toolUseNotAlone,
} from "./exceptions.js";

/** Whether a turn has calls or results of tools. */
export function hasToolParts({ parts }: Message): boolean {
  return parts.some(isToolPart);
}

/**
 * Checks Bedrock's rules for calls and results of tools, turn by turn: a turn with calls or results has nothing else, no id comes
 * twice in it, and the turn after a turn of the assistant has a result for each of its calls and no more. Several rules that one turn
 * breaks are reported in this order (inferred).
 *
 * @param turns - the user's and the assistant's, by turns; calls are in the assistant's only, results in the user's
 * @throws {BedrockException} `ValidationException`
 */
export function checkToolTurns(turns: readonly Message[]): void {
  let open: readonly string[] = [];
  for (const [i, { parts }] of turns.entries()) {
    const uses = parts.filter((part) => part.type === "toolUse");
    const results = parts.filter((part) => part.type === "toolResult");
    if (uses.length > 0 && uses.length < parts.length) throw toolUseNotAlone(i);
    if (results.length > 0 && results.length < parts.length) throw toolResultNotAlone(i);
    const called = uses.map(({ id }) => id);
    const answered = results.map(({ toolUseId }) => toolUseId);
    refuseDuplicates("toolUse", i, called);
    refuseDuplicates("toolResult", i, answered);
    if (answered.length > open.length) throw tooManyToolResults(i);
    const given = new Set(answered);
    const missing = open.filter((id) => !given.has(id));
    if (missing.length > 0) throw toolResultsMissing(i, missing);
    open = called;
  }
}

function refuseDuplicates(block: "toolUse" | "toolResult", index: number, ids: readonly string[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  if (twice.size > 0) throw duplicateToolUseIds(block, index, [...twice]);
}
