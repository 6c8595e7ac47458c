import type { Act } from "../acts.js";
import { checkRaw, isAnswered } from "../oracle/check-act.js";
import { checkAnswer } from "../oracle/check-answer.js";
import { playRaw } from "./raw.js";
import { playRequest, type Ports } from "./request.js";

/**
 * Plays an act, and checks its result.
 *
 * @returns the ids of failed requests, for each of which the log must have a line
 * @throws {Error} the result is neither a well-formed response nor a clean close, or it is late.
 */
export async function playAct(ports: Ports, act: Act): Promise<string[]> {
  if (act.type === "raw") {
    return checkRaw(act, await playRaw(ports.none, act, (received) => isAnswered(act, received)));
  }
  const answer = await playRequest(ports, act);
  return answer ? [checkAnswer(answer, act.method) ?? []].flat() : [];
}
