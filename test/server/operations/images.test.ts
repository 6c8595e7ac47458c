import { describe, expect, it } from "vitest";

import { parseModelId } from "../../../src/bedrock/index.js";
import {
  type CountTokensOptions,
  createScriptedEngine,
  type Engine,
  EngineImagesError,
  type GenerateRequest,
} from "../../../src/engine/index.js";
import { base64, gif, jpeg, png } from "../../support/images.js";
import { answer, HELLO } from "../support/ask.js";

const VISION = ["meta.llama3-2-11b-instruct-v1:0", "meta.llama4-scout-17b-instruct-v1:0"];
const LLAMA_4 = "meta.llama4-maverick-17b-instruct-v1:0";

/** A scripted engine, and what it was asked. @param images - whether it sees */
function scriptedEngine(images: boolean) {
  const requests: GenerateRequest[] = [];
  const counts: { prompt: string; images: CountTokensOptions["images"] }[] = [];
  const script = (request: GenerateRequest) => {
    requests.push(request);
    return HELLO;
  };
  const engine = createScriptedEngine({ capabilities: { images }, script });
  const count = engine.countTokens.bind(engine);
  engine.countTokens = (prompt, options = {}) => {
    counts.push({ prompt, images: options.images });
    return count(prompt, options);
  };
  return { engine, requests, counts };
}

interface Asked {
  readonly engine: Engine;
  readonly modelId?: string;
  readonly standIn?: boolean;
}

function ask(operation: string, body: object, { engine, modelId = LLAMA_4, standIn = false }: Asked) {
  const path = `/model/${modelId}/${operation}`;
  const as = standIn ? undefined : parseModelId(modelId)?.model;
  return answer({ engine, as }, { path, body: JSON.stringify(body) });
}

const block = (content: Uint8Array, format: string) => ({
  image: { format, source: { bytes: base64(content) } },
});
const user = (...content: object[]) => ({ role: "user", content });

const DOT = png(1, 1);
const PHOTO = jpeg(640, 480);
const LOGO = gif(10, 20);

/** Images in two turns and in a tool's result, between texts. */
const CONVERSATION = {
  messages: [
    user({ text: "First" }, block(DOT, "png"), { text: "second" }, block(PHOTO, "jpeg")),
    { role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: "look", input: {} } }] },
    user({ toolResult: { toolUseId: "t1", content: [{ text: "see" }, block(LOGO, "gif")] } }),
    { role: "assistant", content: [{ text: "A logo." }] },
    user(block(PHOTO, "jpeg"), { text: "And this?" }),
  ],
  toolConfig: { tools: [{ toolSpec: { name: "look", inputSchema: { json: { type: "object" } } } }] },
};
const IMAGES = [
  { format: "png", bytes: DOT },
  { format: "jpeg", bytes: PHOTO },
  { format: "gif", bytes: LOGO },
  { format: "jpeg", bytes: PHOTO },
];

const errorOf = ({ status, bytes }: { readonly status: number; readonly bytes: Buffer }) => ({
  status,
  ...(JSON.parse(bytes.toString()) as { message: string }),
});

describe("an engine that sees", () => {
  it("gets a conversation's images in the order of the prompt's markers", async () => {
    const { engine, requests } = scriptedEngine(true);
    const { status } = await ask("converse", CONVERSATION, { engine });
    expect(status).toBe(200);
    expect(requests).toHaveLength(1);
    const [{ prompt, images }] = requests as [GenerateRequest];
    expect(images).toMatchObject(IMAGES);
    const marks = ["First", "<|image|>", "second", "<|image|>", "see", "<|image|>", "<|image|>", "And this?"];
    const found = [...prompt.matchAll(/First|second|see|And this\?|<\|image\|>/gu)].map(([text]) => text);
    expect(found).toEqual(marks);
  });

  it("gets them for a stream too", async () => {
    const { engine, requests } = scriptedEngine(true);
    const { messages } = CONVERSATION;
    const { status } = await ask("converse-stream", { messages: [messages[4]] }, { engine });
    expect(status).toBe(200);
    expect(requests).toMatchObject([{ images: [{ format: "jpeg", bytes: PHOTO }] }]);
  });

  it.each(VISION)("gets the images of a native prompt: %s", async (modelId) => {
    const { engine, requests } = scriptedEngine(true);
    const body = { prompt: "What's <|image|>?", images: [base64(PHOTO)] };
    for (const operation of ["invoke", "invoke-with-response-stream"])
      expect(await ask(operation, body, { engine, modelId })).toMatchObject({ status: 200 });
    const request = { prompt: "What's <|image|>?", images: [{ format: "jpeg", bytes: PHOTO }] };
    expect(requests).toMatchObject([request, request]);
  });

  it("counts the same input", async () => {
    const { engine, requests, counts } = scriptedEngine(true);
    const body = { prompt: "<|image|><|image|>", images: [base64(DOT), base64(LOGO)] };
    const inputs = [
      { converse: CONVERSATION },
      { invokeModel: { body: Buffer.from(JSON.stringify(body)).toString("base64") } },
    ];
    for (const input of inputs)
      expect(await ask("count-tokens", { input }, { engine })).toMatchObject({ status: 200 });
    await ask("converse", CONVERSATION, { engine });
    await ask("invoke", body, { engine });
    expect(counts).toMatchObject([{ images: IMAGES }, { images: [{ bytes: DOT }, { bytes: LOGO }] }]);
    expect(counts.map(({ prompt }) => prompt)).toEqual(requests.map(({ prompt }) => prompt));
  });

  it("gets them as a stand-in too", async () => {
    const { engine, requests } = scriptedEngine(true);
    expect(await ask("converse", CONVERSATION, { engine, standIn: true })).toMatchObject({ status: 200 });
    const body = { prompt: "[INST] What's <|image|>? [/INST]", images: [base64(PHOTO)] };
    expect(await ask("invoke", body, { engine, standIn: true })).toMatchObject({ status: 200 });
    expect(requests.map(({ images }) => images?.length)).toEqual([4, 1]);
  });

  it("gets no request whose prompt hasn't a marker for each image", async () => {
    const { engine, requests } = scriptedEngine(true);
    const images = [base64(PHOTO)];
    const bodies = ["What's this?", "<|image|><|image|>", "image"].map((prompt) => ({ prompt, images }));
    for (const body of bodies)
      expect(errorOf(await ask("invoke", body, { engine }))).toEqual({
        status: 400,
        message: "Validation Error",
      });
    const forged = { messages: [user({ text: "<|image|>" }, block(DOT, "png"))] };
    for (const operation of ["converse", "converse-stream"])
      expect(errorOf(await ask(operation, forged, { engine }))).toEqual({
        status: 400,
        message: "The model returned the following errors: Validation Error",
      });
    expect(requests).toEqual([]);
  });

  it("gets none for a model that takes only text", async () => {
    const { engine, requests } = scriptedEngine(true);
    const modelId = "meta.llama3-3-70b-instruct-v1:0";
    const converse = await ask("converse", { messages: [user(block(DOT, "png"))] }, { engine, modelId });
    expect(errorOf(converse)).toEqual({
      status: 400,
      message:
        "This model doesn't support the image content block that you provided. Update the content block and try again.",
    });
    const native = await ask("invoke", { prompt: "<|image|>", images: [base64(DOT)] }, { engine, modelId });
    expect(errorOf(native).message).toContain("#: extraneous key [images] is not permitted");
    expect(requests).toEqual([]);
  });

  it("gets one image at most for Llama 3.2", async () => {
    const { engine, requests } = scriptedEngine(true);
    const [modelId] = VISION;
    const two = { messages: [user(block(DOT, "png"), block(DOT, "png"))] };
    expect(errorOf(await ask("converse", two, { engine, modelId: modelId ?? "" }))).toEqual({
      status: 400,
      message: "The model returned the following errors: Validation Error",
    });
    const body = { prompt: "<|image|><|image|>", images: [base64(DOT), base64(DOT)] };
    expect(errorOf(await ask("invoke", body, { engine, modelId: modelId ?? "" }))).toEqual({
      status: 400,
      message: "Validation Error",
    });
    expect(requests).toEqual([]);
  });
});

describe("an engine that doesn't see", () => {
  it.each([...VISION, LLAMA_4])("gets no image, whatever the operation: %s", async (modelId) => {
    const { engine, requests } = scriptedEngine(false);
    const images = { messages: [user(block(DOT, "png"))] };
    const native = { prompt: "<|image|>", images: [base64(DOT)] };
    const unsupported =
      "This model doesn't support the image content block that you provided. Update the content block and try again.";
    const hidden = "Cria's models read no images: leave `images` out.";
    for (const [operation, body, message] of [
      ["converse", images, unsupported],
      ["converse-stream", images, unsupported],
      ["count-tokens", { input: { converse: images } }, unsupported],
      ["invoke", native, hidden],
      ["invoke-with-response-stream", native, hidden],
    ] as const) {
      for (const standIn of [false, true])
        expect(errorOf(await ask(operation, body, { engine, modelId, standIn }))).toEqual({
          status: 400,
          message,
        });
    }
    expect(requests).toEqual([]);
  });

  it("refuses images itself, should a program pass them", async () => {
    const { engine } = scriptedEngine(false);
    const images = [{ format: "png" as const, bytes: DOT }];
    let freed = 0;
    const request = { prompt: "<|image|>", images, maxTokens: 1, temperature: 0, topP: 1 };
    await expect(engine.generate({ ...request, onFree: () => (freed += 1) })).rejects.toThrow(
      EngineImagesError,
    );
    await expect(engine.countTokens("<|image|>", { images })).rejects.toThrow(EngineImagesError);
    expect(freed).toBe(1);
  });
});
