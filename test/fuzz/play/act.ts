import type { Act } from "../acts.js";
import { checkRaw, isAnswered } from "../oracle/check-act.js";
import { checkAnswer } from "../oracle/check-answer.js";
import { playRaw } from "./raw.js";
import { playRequest, type Ports } from "./request.js";

/**
 * Plays an act, and checks what it came to.
 *
 * @returns ids of requests for whose failure the log must have a line
 * @throws {Error} it's neither a well-formed answer nor a clean close, or not in time.
 */
export async function playAct(ports: Ports, act: Act): Promise<string[]> {
  if (act.type === "raw") {
    return checkRaw(act, await playRaw(ports.open, act, (received) => isAnswered(act, received)));
  }
  const answer = await playRequest(ports, act);
  return answer ? [checkAnswer(answer, act.method) ?? []].flat() : [];
}
