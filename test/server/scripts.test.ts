import { BedrockRuntimeClient, ConverseCommand, ModelErrorException } from "@aws-sdk/client-bedrock-runtime";
import { expect, it, onTestFinished } from "vitest";

import { createScriptedEngine, type Script } from "../../src/engine/index.js";
import { serve } from "../../src/server/index.js";

const modelId = "us.meta.llama3-3-70b-instruct-v1:0";
const tools = [{ toolSpec: { name: "get_weather", inputSchema: { json: { type: "object" } } } }];
const toolCall = { name: "get_weather", input: { city: "Paris", days: [1, 2.5] } };

/** A program with an AWS SDK, and the server whose model is a script; with `as`, the script plays that model and not a stand-in. */
async function scripted(script: readonly Script[] | ((request: { prompt: string }) => Script), as?: string) {
  const server = await serve({ engine: createScriptedEngine({ script }), as });
  const client = new BedrockRuntimeClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return (text: string, more: object = {}) =>
    client.send(
      new ConverseCommand({
        modelId,
        messages: [{ role: "user", content: [{ text }] }],
        toolConfig: { tools },
        ...more,
      }),
    );
}

it.each([undefined, modelId])("a script's tool call is a toolUse block (as %s)", async (as) => {
  const ask = await scripted([{ toolCall }], as);
  const { output, stopReason, usage } = await ask("Weather?");
  expect(output?.message?.content).toEqual([
    { toolUse: { toolUseId: expect.stringMatching(/^tooluse_/u) as string, ...toolCall } },
  ]);
  expect(stopReason).toBe("tool_use");
  // {" name ": ␠" get _weather ", ␠" parameters ": ␠{" city ": ␠" Paris ", ␠" days ": ␠[ 1 , ␠ 2 . 5 ]}} and its end
  expect(usage?.outputTokens).toBeGreaterThan(20);
});

it("a call of a tool that isn't declared, and one that is cut off, is text", async () => {
  const ask = await scripted([
    { toolCall: { name: "get_joke" } },
    { toolCall, stopReason: "length" },
    { toolCall },
  ]);
  const text = (answer: Awaited<ReturnType<typeof ask>>) => answer.output?.message?.content?.[0]?.text;
  expect(text(await ask("Joke?"))).toBe('{"name": "get_joke", "parameters": {}}');
  expect(text(await ask("Weather?"))).toMatch(/^\{"name": "get_weather", .*\}\}$/u);
  expect(text(await ask("Weather?", { inferenceConfig: { maxTokens: 2 } }))).toBe('{"name');
});

it("agents that run at the same time each get the answers to their own conversation", async () => {
  const cities = ["Paris", "Rome", "Oslo", "Lima"];
  const ask = await scripted(
    cities.flatMap((city, i) => [
      { when: `weather in ${city}`, toolCall: { name: "get_weather", input: { city } } },
      { when: `${city}: ${i} °C`, text: `It is ${i} °C.` },
    ]),
  );
  const agent = async (city: string, i: number) => {
    const { output } = await ask(`What is the weather in ${city}?`);
    const call = output?.message?.content?.[0]?.toolUse;
    expect(call?.input).toEqual({ city });
    const result = { toolUseId: call?.toolUseId, content: [{ text: `${city}: ${i} °C` }] };
    const after = await ask("", {
      messages: [
        { role: "user", content: [{ text: `What is the weather in ${city}?` }] },
        output?.message,
        { role: "user", content: [{ toolResult: result }] },
      ],
    });
    return after.output?.message?.content?.[0]?.text;
  };
  expect(await Promise.all(cities.map(agent))).toEqual(cities.map((_, i) => `It is ${i} °C.`));
});

it.each<[string, readonly Script[] | (() => Script), RegExp]>([
  [
    "a prompt that no script fits",
    [{ when: "Rome", text: "Sunny" }],
    /^The script has no answer for this prompt/u,
  ],
  ["a function's wrong script", () => ({ text: 1 }) as unknown as Script, /^"text" must be a string\.$/u],
])("%s fails at once with a ModelErrorException that says so", async (_, script, message) => {
  const ask = await scripted(script);
  const error: unknown = await ask("Paris").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelErrorException);
  const { message: said, $metadata } = error as ModelErrorException;
  expect(said).toMatch(message);
  expect($metadata).toMatchObject({ httpStatusCode: 424, attempts: 1 });
});
