import { readFileSync } from "node:fs";

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
