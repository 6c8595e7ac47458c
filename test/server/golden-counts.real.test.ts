import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { serve, type CriaServer } from "../../src/server/index.js";
import { engineIsHere, needsEngine } from "../support/engine.js";
import { tinyModel } from "../support/gguf/tiny-model.js";
import { llama2Counts, llama3Counts } from "../support/golden-counts.js";
import { testHome } from "../support/home.js";

describe.each([
  ["meta.llama2-13b-chat-v1", "llama-2", llama2Counts],
  ["meta.llama3-8b-instruct-v1:0", "llama-3", llama3Counts],
] as const)("%s", (id, name, counts) => {
  let server: CriaServer | undefined;

  beforeAll(async () => {
    if (!engineIsHere()) return;
    vi.stubEnv("CRIA_HOME", testHome());
    server = await serve({
      modelFile: await tinyModel(name),
      as: id,
      strict: true,
      sequences: 1,
      threads: 1,
    });
    await server.ready();
  });
  beforeEach(needsEngine);
  afterAll(async () => {
    await server?.close({ graceMs: 0 });
    vi.unstubAllEnvs();
  });

  it.each(counts.map(({ title, tokens, prompt }) => [title, tokens, prompt] as const))(
    "%s: InvokeModel counts %i tokens, as Bedrock does",
    async (_, tokens, prompt) => {
      const response = await fetch(`${server?.url}/model/${encodeURIComponent(id)}/invoke`, {
        method: "POST",
        body: JSON.stringify({ prompt, max_gen_len: 1, temperature: 0 }),
        headers: { "content-type": "application/json" },
      });
      const body = (await response.json()) as Record<string, unknown>;
      expect(body).toMatchObject({
        prompt_token_count: tokens,
        generation_token_count: 1,
        stop_reason: "length",
      });
      expect(response.headers.get("X-Amzn-Bedrock-Input-Token-Count")).toBe(String(tokens));
      expect(response.headers.get("X-Amzn-Bedrock-Output-Token-Count")).toBe("1");
    },
  );
});
