import type { DialectName } from "../../../src/engine/index.js";
import type { Launched } from "./processes.js";

/** What a server says of an answer when it is asked directly, all at once and greedily. */
export interface DirectAnswer {
  readonly text: string;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly stopReason: "stop" | "length";
}

/** A real server for the suite. */
export interface Target {
  /** Its name in the tables of docs/upstreams.md. */
  readonly title: string;
  /** What Cria should find it to be. */
  readonly dialect: DialectName;
  /** Without `/v1`. */
  readonly url: string;
  /** The model's name at the server. */
  readonly model: string;
  /** The key that it wants; undefined if it has none. */
  readonly key: string | undefined;
  /** The tokens of its context. */
  readonly contextSize: number;
  /** How a question stands in a prompt that the model answers briefly and ends by itself. */
  readonly question: (text: string) => string;
  /** @param bos - whether to put a beginning-of-sequence token in front, where the server can be told */
  readonly direct: (prompt: string, maxTokens: number, bos: boolean) => Promise<DirectAnswer>;
  /** How many generations run; undefined if the server can't tell. */
  readonly running?: () => Promise<number>;
  /** Sends a signal to the server's processes. */
  readonly signal: (name: "SIGSTOP" | "SIGCONT" | "SIGKILL") => void;
  /** Ends it. */
  readonly stop: () => Promise<void>;
}

/** Asks a server for JSON. @throws {Error} it answers another status than 200 */
export async function ask(url: string, key: string | undefined, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    headers: {
      "content-type": "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** What SmolLM2 was trained on. */
export const chatMl = (text: string) => `<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`;

/** What every server is started with. */
export interface TargetOptions {
  /** The small model, as a GGUF. */
  readonly modelFile: string;
  readonly contextSize: number;
  readonly key: string;
}

/** How long a server may take to load its model, in ms. */
const READY_MS = 600_000;

/** Waits until a URL answers 200. @throws {Error} it takes too long, or the server has ended; its processes are stopped then */
export async function untilReady(url: string, server?: Launched): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until;) {
    const why = server?.ended();
    if (why !== undefined) throw new Error(why);
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await server?.stop();
  throw new Error(`${url} didn't answer within ${READY_MS / 1000} s.`);
}
