import { Readable } from "node:stream";

import { expect, it } from "vitest";

import { UsageError } from "../../src/cli/errors.js";
import { readPrompt } from "../../src/cli/read-prompt.js";

function pipe(...parts: string[]) {
  return Object.assign(Readable.from(parts.map((part) => Buffer.from(part))), { isTTY: false });
}

function terminal() {
  return Object.assign(new Readable({ read: () => undefined }), { isTTY: true });
}

it.each([
  [["What", "is", "a llama?"], terminal(), "What is a llama?"],
  [["hello"], pipe(""), "hello"],
  [[], pipe("from ", "a pipe\n"), "from a pipe\n"],
  [["Sum this up:"], pipe("one\ntwo\n"), "Sum this up:\n\none\ntwo\n"],
])("%j", async (words, stdin, prompt) => {
  expect(await readPrompt(words, stdin)).toBe(prompt);
});

it.each([
  [[], terminal()],
  [[], pipe("")],
  [[""], pipe(" \n")],
])("refuses an empty prompt", async (words, stdin) => {
  const prompt = readPrompt(words, stdin);
  await expect(prompt).rejects.toBeInstanceOf(UsageError);
  await expect(prompt).rejects.toThrow('cria "What is a llama?"');
});
