import { Readable } from "node:stream";

import { expect, it, vi } from "vitest";

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

it.each([
  ["linux", "add `< /dev/null` if there is none"],
  ["darwin", "add `< /dev/null` if there is none"],
  ["win32", "put `$null |` before the command (`< NUL` behind it in cmd) if there is none"],
] as const)("says what to do on %s where stdin stays open", async (platform, advice) => {
  vi.useFakeTimers();
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const stdin = Object.assign(new Readable({ read: () => undefined }), { isTTY: false });
  try {
    const prompt = readPrompt(["hello"], stdin, platform);
    vi.advanceTimersByTime(2000);
    expect(write.mock.calls.map(([line]) => String(line)).join("")).toContain(advice);
    stdin.push(null);
    vi.useRealTimers();
    expect(await prompt).toBe("hello");
  } finally {
    write.mockRestore();
    vi.useRealTimers();
  }
});
