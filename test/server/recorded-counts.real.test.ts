import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { serve, type CriaServer } from "../../src/server/index.js";
import { answerOf } from "../conformance/support/recorded-answers.js";
import { countTokensRequest, recordedCounts } from "../conformance/support/recorded-counts.js";
import { engineIsHere, needsEngine } from "../support/engine.js";
import { tinyModel } from "../support/gguf/tiny-model.js";
import { testHome } from "../support/home.js";
import { llama4IsHere, needsLlama4 } from "../support/tokenizers/needs-vocabulary.js";
import { sendHttp1 } from "./support/http.js";

const tinyModels = {
  "llama-2": "llama-2",
  "llama-3": "llama-3",
  "llama-3-1": "llama-3",
  "llama-4": "llama-4",
} as const;

/** The models of the recordings. The requests of each go to one engine. */
const models = new Map(recordedCounts.map(({ id, family }) => [id, family]));

describe.each([...models])("%s, by llama.cpp", (id, family) => {
  const counts = recordedCounts.filter((count) => count.id === id);
  let server: CriaServer | undefined;

  beforeAll(async () => {
    if (!engineIsHere() || (family === "llama-4" && !llama4IsHere())) return;
    vi.stubEnv("CRIA_HOME", testHome());
    server = await serve({
      modelFile: await tinyModel(tinyModels[family]),
      as: id,
      strict: true,
      sequences: 1,
      threads: 1,
    });
    await server.ready();
  });
  beforeEach((context) => {
    needsEngine(context);
    if (family === "llama-4") needsLlama4(context);
  });
  afterAll(async () => {
    await server?.close({ graceMs: 0 });
    vi.unstubAllEnvs();
  });

  it.each(counts.map((count) => [count.name, count] as const))(
    "the request of %s has as many tokens as on Bedrock",
    async (_, { recording, answer }) => {
      const { path, body } = recording.request;
      const url = server?.url ?? "";
      const response = await sendHttp1(url, path, { body: briefly(path, body) });
      expect(answerOf({ ...recording, response })?.inputTokens).toBe(answer.inputTokens);

      const count = countTokensRequest(recording);
      const counted = await sendHttp1(url, count.path, { body: count.body });
      expect(counted.body.toString()).toBe(`{"inputTokens":${answer.inputTokens}}`);
    },
  );
});

/** The recorded request for one token: only its prompt is of interest. */
function briefly(path: string, body: string): string {
  const request = JSON.parse(body) as Record<string, unknown>;
  const short = path.includes("/invoke") ? { max_gen_len: 1 } : { inferenceConfig: { maxTokens: 1 } };
  return JSON.stringify({ ...request, ...short });
}
