import { afterAll, describe, expect, it, vi } from "vitest";

import { textMessage } from "../../../src/bedrock/index.js";
import type { EngineModel } from "../../../src/engine/index.js";
import {
  STAND_IN_SYSTEM_TEXT,
  standInBeginning,
  standInPrompt,
} from "../../../src/server/generation/stand-in.js";
import { ChatTemplates } from "../../../src/server/templates/index.js";
import * as chatTemplates from "../../prompt/templates.js";

// processes, on a machine that may be busy
vi.setConfig({ testTimeout: 60_000 });

const model = (chatTemplate: string | undefined): EngineModel => ({
  ...{ name: "stand-in", contextSize: 2048, sequences: 1, halfSequences: 0, kvCacheType: "f16" },
  ...{ chatTemplate, bosToken: "<s>", eosToken: "</s>" },
});

const templates = new ChatTemplates();
afterAll(() => templates.close());

describe("what a stand-in's prompts begin with", () => {
  it.each(Object.entries(chatTemplates).filter(([, template]) => typeof template === "string"))(
    "is the fixed part of its template: %s",
    async (_, template) => {
      const beginning = await standInBeginning(model(template), templates);
      expect(beginning).toContain(STAND_IN_SYSTEM_TEXT);
      for (const question of ["What is a llama?", "Übersetze das."]) {
        const chat = { messages: [textMessage("user", question)], tools: [] };
        const prompt = await standInPrompt(chat, model(template), { templates, contextLimit: 2048 });
        expect(prompt.startsWith(beginning + question)).toBe(true);
      }
    },
  );

  it("is nothing without a template, or with one that can't be rendered", async () => {
    expect(await standInBeginning(model(undefined), templates)).toBe("");
    expect(await standInBeginning(model("{% for %}"), templates)).toBe("");
  });
});
