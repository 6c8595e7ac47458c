import { readFileSync } from "node:fs";

import { readChunks } from "./frames.js";
import type { Script } from "../../../src/engine/index.js";

/** A recorded exchange with the real service; see `test/fixtures/recordings/README.md`. */
export interface Recording {
  readonly request: { readonly method: string; readonly path: string; readonly body: string };
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Buffer;
  };
}

export function readRecording(name: string): Recording {
  const file = new URL(`../../fixtures/recordings/${name}.json`, import.meta.url);
  const { request, response } = JSON.parse(readFileSync(file, "utf8")) as Recording & {
    readonly response: { readonly bodyBase64: string };
  };
  return { request, response: { ...response, body: Buffer.from(response.bodyBase64, "base64") } };
}

/** A script that makes the engine generate the recorded tokens. */
export function scriptOf(recording: Recording): Script {
  const chunks = readChunks(recording.response.body);
  const stopped = chunks.at(-1)?.stop_reason === "stop";
  return {
    // the engine adds the end-of-sequence token itself
    tokens: chunks.slice(0, stopped ? -1 : undefined).map(({ generation }) => generation),
    stopReason: stopped ? "stop" : "length",
    promptTokens: chunks[0]?.prompt_token_count ?? 0,
  };
}
