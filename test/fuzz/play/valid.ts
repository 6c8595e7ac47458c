import type { RequestAct } from "../acts.js";
import { textOf } from "../oracle/text-of.js";
import { playRequest } from "./request.js";

const MODEL = "/model/meta.llama3-8b-instruct-v1:0";

type Protocol = RequestAct["protocol"];

const KINDS: readonly (readonly [Protocol, string])[] = (["HTTP/1.1", "HTTP/2"] as const).flatMap(
  (protocol) =>
    ["invoke", "invoke-with-response-stream", "converse", "converse-stream"].map(
      (action) => [protocol, action] as const,
    ),
);

/** Sends one of the eight kinds of valid requests, in turn. @throws {Error} it isn't answered as it must be. */
export function playValid(port: number, turn: number): Promise<void> {
  const [protocol, action] = KINDS[turn % KINDS.length] ?? ["HTTP/1.1", "invoke"];
  return expectText(port, protocol, action, "Hi", "Hello");
}

/**
 * Occupies all sequences at once with answers that take longer than anybody may wait for one.
 *
 * @throws {Error} one of them had to wait, so a sequence is lost.
 */
export async function occupyAll(port: number, sequences: number): Promise<void> {
  const asked = Array.from({ length: sequences }, (_, i) =>
    expectText(port, i % 2 === 0 ? "HTTP/1.1" : "HTTP/2", "invoke", "slow", "o".repeat(40)),
  );
  await Promise.all(asked);
}

async function expectText(
  port: number,
  protocol: Protocol,
  action: string,
  prompt: string,
  text: string,
): Promise<void> {
  const body = action.startsWith("converse")
    ? { messages: [{ role: "user", content: [{ text: prompt }] }] }
    : { prompt };
  const answer = await playRequest(port, {
    type: "request",
    protocol,
    method: "POST",
    path: `${MODEL}/${action}`,
    headers: {},
    body: JSON.stringify(body),
  });
  const told = answer && textOf(answer);
  if (told !== text)
    throw new Error(`A valid request (${action}, ${protocol}) was answered: ${told ?? "nothing"}`);
}
