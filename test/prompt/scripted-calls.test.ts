import { expect, test } from "vitest";
import fc from "fast-check";

import { createScriptedEngine } from "../../src/engine/index.js";
import { readTemplateToolCalls, readToolCalls } from "../../src/prompt/index.js";

/** The engine writes calls without knowing who reads them: whatever a script calls must come out as it went in. */
test("a script's call is read as that call, from a Llama and from a stand-in", async () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/u);
  const input = fc.dictionary(fc.string(), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(name, input, async (called, given) => {
      await using engine = createScriptedEngine({ script: { toolCall: { name: called, input: given } } });
      let answer = "";
      for await (const { text } of await engine.generate({
        prompt: "",
        maxTokens: 100_000,
        temperature: 0,
        topP: 1,
      }))
        answer += text;
      const tools = [{ name: called, description: undefined, inputSchema: {} }];
      for (const read of [readToolCalls, readTemplateToolCalls]) {
        const calls = read(answer, tools);
        expect(calls).toEqual([{ name: called, inputJson: JSON.stringify(given) }]);
        expect(read(answer, [])).toBeUndefined();
      }
    }),
  );
});
