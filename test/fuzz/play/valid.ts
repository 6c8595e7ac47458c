import type { RequestAct } from "../acts.js";
import { textOf } from "../oracle/text-of.js";
import { API_KEY } from "../limits.js";
import { playRequest, type Ports } from "./request.js";

const MODEL = "/model/meta.llama3-8b-instruct-v1:0";

type Way = Pick<RequestAct, "protocol" | "secure" | "auth">;

const ACTIONS = ["invoke", "invoke-with-response-stream", "converse", "converse-stream"];

/** All combinations, in an order in which neighbours have little in common. */
const WAYS: readonly Way[] = (["none", "keys"] as const).flatMap((auth) =>
  [false, true].flatMap((secure) =>
    (["HTTP/1.1", "HTTP/2"] as const).map((protocol) => ({ auth, secure, protocol })),
  ),
);

/** Sends a valid request, of another kind each time. @throws {Error} the response is wrong. */
export function playValid(ports: Ports, turn: number): Promise<void> {
  const way = WAYS[turn % WAYS.length];
  const action = ACTIONS[Math.floor(turn / WAYS.length) % ACTIONS.length];
  if (!way || action === undefined) throw new RangeError("There is no such turn.");
  return expectText(ports, way, action, "Hi", "Hello");
}

/** The other operations, each with a valid request. */
const OTHERS: readonly Pick<RequestAct, "method" | "path" | "body">[] = [
  {
    method: "POST",
    path: `${MODEL}/count-tokens`,
    body: '{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}}',
  },
  { method: "GET", path: "/foundation-models", body: "" },
  { method: "GET", path: "/foundation-models/meta.llama3-8b-instruct-v1:0", body: "" },
  { method: "GET", path: "/inference-profiles", body: "" },
  { method: "GET", path: "/inference-profiles/us.meta.llama3-1-8b-instruct-v1:0", body: "" },
  { method: "GET", path: "/health", body: "" },
];

/** Calls every other operation. @throws {Error} a response is wrong. */
export async function playEachOperation(ports: Ports): Promise<void> {
  const open = { protocol: "HTTP/1.1", secure: false, auth: "none" } as const;
  for (const action of ACTIONS) await expectText(ports, open, action, "Hi", "Hello");
  for (const other of OTHERS) {
    const answer = await playRequest(ports, { type: "request", ...open, headers: {}, ...other });
    if (answer?.status !== 200)
      throw new Error(`${other.path} was answered: ${answer ? textOf(answer) : "nothing"}`);
  }
}

/**
 * Occupies all sequences at once with answers that take longer than a request may wait.
 *
 * @throws {Error} one of the requests had to wait, so a sequence is lost.
 */
export async function occupyAll(ports: Ports, sequences: number): Promise<void> {
  const answers = Array.from({ length: sequences }, (_, i) => {
    const protocol = i % 2 === 0 ? "HTTP/1.1" : "HTTP/2";
    return expectText(ports, { protocol, secure: false, auth: "none" }, "invoke", "slow", "o".repeat(40));
  });
  await Promise.all(answers);
}

async function expectText(
  ports: Ports,
  way: Way,
  action: string,
  prompt: string,
  text: string,
): Promise<void> {
  const body = action.startsWith("converse")
    ? { messages: [{ role: "user", content: [{ text: prompt }] }] }
    : { prompt };
  const answer = await playRequest(ports, {
    type: "request",
    ...way,
    method: "POST",
    path: `${MODEL}/${action}`,
    headers: way.auth === "keys" ? { authorization: `Bearer ${API_KEY}` } : {},
    body: JSON.stringify(body),
  });
  const received = answer && textOf(answer);
  if (received !== text) {
    throw new Error(
      `A valid request (${action}, ${JSON.stringify(way)}) was answered: ${received ?? "nothing"}`,
    );
  }
}
