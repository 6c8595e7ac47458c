import { join } from "node:path";

import { expect, it } from "vitest";

import { type Chat, textMessage } from "../../../src/bedrock/index.js";
import { EngineUnavailableError } from "../../../src/engine/index.js";
import { chatTemplateOf, smallModel } from "../../../src/models/index.js";
import { ChatTemplates } from "../../../src/server/templates/index.js";
import { defaultModelEnv } from "../../support/default-model.js";

const tokens = { bosToken: "<|im_start|>", eosToken: "<|im_end|>" };

function conversation(messages: number): Chat {
  const roles = ["user", "assistant"] as const;
  return {
    messages: Array.from({ length: messages }, (_, index) => textMessage(roles[index % 2] ?? "user", "Hi")),
    tools: [],
  };
}

it("the small stand-in's own template is rendered without a process, unless the conversation is long or has tools", async (context) => {
  const { CRIA_HOME } = await defaultModelEnv(context);
  const template = (await chatTemplateOf(join(CRIA_HOME, "models", smallModel.fileName))) ?? "";
  const templates = new ChatTemplates();
  // no process is started any more
  await templates.close();
  const prompt = await templates.render(template, conversation(3), tokens);
  expect(prompt).toContain("<|im_start|>assistant\nHi<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n");
  const tools = [{ name: "look", description: "Looks.", inputSchema: { type: "object" } }];
  for (const [of, chat] of [
    [template, conversation(51)],
    [template, { ...conversation(1), tools }],
    [`${template} `, conversation(1)],
  ] as const) {
    await expect(templates.render(of, chat, tokens)).rejects.toThrow(EngineUnavailableError);
  }
});
