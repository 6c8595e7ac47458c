import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

import { expect, onTestFinished, type TestContext, test } from "vitest";

import { createCompletionsEngine, type Engine, type EngineMessage } from "../../../src/engine/index.js";
import { tinyFiles } from "../../support/engine.js";
import { emptyFolder } from "../../support/folder.js";
import { IMAGE_TOKENS, tinyProjector } from "../../support/gguf/tiny-projector.js";
import { base64 } from "../../support/images.js";
import { startLlamaServer } from "../../support/llama-server.js";

/** A PNG of one colour, with its pixels. */
function plainPng(colour: readonly [number, number, number]): Uint8Array {
  const side = 8;
  const row = [0, ...Array.from({ length: side }, () => colour).flat()];
  const pixels = Buffer.from(Array.from({ length: side }, () => row).flat());
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [
    ["IHDR", header],
    ["IDAT", deflateSync(pixels)],
    ["IEND", Buffer.alloc(0)],
  ] as const;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    ...chunks.map(([name, data]) => pngChunk(Buffer.concat([Buffer.from(name), data]))),
  ]);
}

function pngChunk(named: Buffer): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(named.length - 4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}

const RED = { format: "png", bytes: plainPng([255, 0, 0]) } as const;
const BLUE = { format: "png", bytes: plainPng([0, 0, 255]) } as const;

const look = (...images: readonly (typeof RED)[]): readonly EngineMessage[] => [
  { role: "user", content: ["What's ", ...images, "?"] },
];

async function start(context: TestContext, { sees, vision }: { sees: boolean; vision?: boolean }) {
  const { modelFile } = await tinyFiles("llama-3");
  const projectorFile = join(await emptyFolder(), "mmproj.gguf");
  await writeFile(projectorFile, tinyProjector());
  const { url } = await startLlamaServer(context, modelFile, sees ? { projectorFile } : {});
  const engine = createCompletionsEngine({ url, vision });
  onTestFinished(() => engine.close());
  await engine.model();
  return { url, engine };
}

async function answer(engine: Engine, images: readonly (typeof RED)[]) {
  const options = { bos: "never", maxTokens: 12, temperature: 0, topP: 1 } as const;
  const generation = await engine.generate({ prompt: "", images, chat: look(...images), ...options });
  let text = "";
  let count = 0;
  for await (const token of generation) {
    text += token.text;
    count += 1;
  }
  return { promptTokens: generation.promptTokens, text, count };
}

test("llama-server sees images: its own text and counts, and 16 tokens an image", async (context) => {
  const { url, engine } = await start(context, { sees: true });
  expect(engine.capabilities.images).toBe(true);
  const [red, blue, both] = [
    await answer(engine, [RED]),
    await answer(engine, [BLUE]),
    await answer(engine, [RED, BLUE]),
  ];
  expect(both.promptTokens - red.promptTokens).toBeGreaterThanOrEqual(IMAGE_TOKENS);
  expect(blue.promptTokens).toBe(red.promptTokens);
  expect(blue.text).not.toBe(red.text);
  for (const [images, { text, promptTokens, count }] of [
    [[RED], red],
    [[RED, BLUE], both],
  ] as const) {
    const content = [
      { type: "text", text: "What's " },
      ...images.map(({ bytes }) => ({
        type: "image_url",
        image_url: { url: `data:image/png;base64,${base64(bytes)}` },
      })),
      { type: "text", text: "?" },
    ];
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...{ messages: [{ role: "user", content }], max_tokens: 12, temperature: 0 },
        ...{ samplers: ["temperature", "top_p"], reasoning_format: "none" },
      }),
    });
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: text } }],
      usage: { prompt_tokens: promptTokens, completion_tokens: count },
    });
    const chat = look(...images);
    expect(await engine.countTokens("", { images, chat })).toBe(promptTokens);
  }
});

test("llama-server without a projector says that it doesn't see, and refuses what it can't", async (context) => {
  const { url, engine } = await start(context, { sees: false });
  expect(engine.capabilities.images).toBe(false);
  const wrong = createCompletionsEngine({ url, vision: true });
  onTestFinished(() => wrong.close());
  await expect(answer(wrong, [RED])).rejects.toMatchObject({ name: "EngineImagesError", images: 1 });
});
