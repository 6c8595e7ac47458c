import { afterEach, describe, expect, it, vi } from "vitest";

import { type Chat, textMessage } from "../../../src/bedrock/index.js";
import { createScriptedEngine, EngineUnavailableError } from "../../../src/engine/index.js";
import { ChatTemplateError, renderChatTemplate } from "../../../src/prompt/index.js";
import { ChatTemplates } from "../../../src/server/templates/index.js";
import { serve } from "../../../src/server/index.js";
import * as templates from "../../prompt/templates.js";
import { sendHttp1 } from "../support/http.js";
import { INVOKE } from "../support/start.js";

// processes, on a machine that may be busy
vi.setConfig({ testTimeout: 60_000 });

const tokens = { bosToken: "<s>", eosToken: "</s>" };
const chat: Chat = {
  messages: [
    textMessage("system", "Be brief."),
    textMessage("user", "What is a llama? 🦙"),
    textMessage("assistant", "An animal."),
    { role: "user", parts: [{ type: "document", name: "Notes", bytes: new Uint8Array(9), text: "wool" }] },
  ],
  tools: [{ name: "look", description: "Looks.", inputSchema: { type: "object", properties: {} } }],
};

/** Templates as somebody might put them into a model file. */
const hostile = {
  "a thousand million numbers": "{{ range(1000000000) }}",
  "a list that is full": "{% for i in range(30000000) %}{% set x = range(30000000) %}{% endfor %}",
  "loops in loops": `${"{% for i in range(100000) %}".repeat(4)}${"{% endfor %}".repeat(4)}`,
  "a text that doubles": `{% set ns = namespace(t="x") %}{% for i in range(60) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}`,
  "a prompt without an end": `{% for i in range(100000000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}`,
  "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
  "brackets in brackets": `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`,
} as const;

let running: ChatTemplates | undefined;

afterEach(() => running?.close());

describe("a chat template in a process of its own", () => {
  it.each(
    Object.entries(templates).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  )("writes what it writes here: %s", async (_, template) => {
    running = new ChatTemplates();
    expect(await running.render(template, chat, tokens)).toBe(renderChatTemplate(template, chat, tokens));
  });

  it.each([
    ["is broken", "{% for %}"],
    ["refuses the conversation", "{{ raise_exception('No.') }}"],
  ])("gives the error that it gives here: one that %s", async (_, template) => {
    running = new ChatTemplates();
    const here = () => renderChatTemplate(template, chat, tokens);
    const error = await running.render(template, chat, tokens).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChatTemplateError);
    expect(here).toThrow((error as Error).message);
  });

  it.each(Object.entries(hostile))("is given up: %s", async (_, template) => {
    running = new ChatTemplates();
    const bad = running.render(template, chat, tokens).catch((error: unknown) => error);
    const next = running.render("{{ messages[0].content }}", chat, tokens);
    expect(await bad).toBeInstanceOf(ChatTemplateError);
    expect(await next).toContain("Be brief.");
  });

  it("renders a conversation as long as a body", async () => {
    running = new ChatTemplates();
    const text = "Ünï ".repeat(6_000_000);
    const long = { messages: [textMessage("user", text)], tools: [] };
    const prompt = await running.render(
      "{% for m in messages %}<u>{{ m.content }}{% endfor %}",
      long,
      tokens,
    );
    expect(prompt.length).toBeGreaterThan(text.length);
  });

  it("renders nothing once it's closed", async () => {
    running = new ChatTemplates();
    await running.close();
    await expect(running.render("x", chat, tokens)).rejects.toThrow(EngineUnavailableError);
  });
});

describe("a server whose stand-in has a hostile template", () => {
  it.each(Object.entries(hostile).slice(0, 3))(
    "refuses its requests, and answers others: %s",
    async (_, chatTemplate) => {
      const engine = createScriptedEngine({ script: { tokens: ["Hi"] }, model: { chatTemplate } });
      await using server = await serve({ engine });
      const refused = sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
      const isNext = async () => (await sendHttp1(server.url, "/health", { method: "GET" })).status === 200;
      let answered = 0;
      while (await Promise.race([refused.then(() => false), isNext()])) answered += 1;
      expect(answered).toBeGreaterThan(5);
      const response = await refused;
      expect(response.status).toBe(400);
      expect(response.header("x-amzn-errortype")).toContain("ValidationException");
      const text = response.body.toString();
      expect(text).toMatch(/chat template can't be rendered: it takes more than (?:5 s|512 MiB)/u);
      expect(text).toContain("x-cria-raw");
    },
  );
});
