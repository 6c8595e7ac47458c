import { describe, expect, test } from "vitest";

import type { Token } from "../../../../src/engine/index.js";
import { TokenStream } from "../../../../src/engine/llama-cpp/parent/token-stream.js";

const token = (text: string, stopReason: Token["stopReason"] = null): Token => ({ id: 1, text, stopReason });

function stream() {
  const calls: string[] = [];
  const tokens = new TokenStream(3, {
    pause: () => calls.push("pause"),
    resume: () => calls.push("resume"),
    cancel: () => calls.push("cancel"),
  });
  return { tokens, calls };
}

describe("TokenStream", () => {
  test("a slow reader pauses the sequence, and resumes it once it has caught up", async () => {
    const { tokens, calls } = stream();
    for (let i = 0; i < 40; i++) tokens.push(token(String(i)));
    expect(calls).toEqual(["pause"]);
    for (let i = 0; i < 40; i++) {
      expect((await tokens.next()).value?.text).toBe(String(i));
    }
    expect(calls).toEqual(["pause", "resume"]);
  });

  test("an error comes after the tokens before it, once", async () => {
    const { tokens, calls } = stream();
    tokens.push(token("a"));
    tokens.fail(new Error("died"));
    expect((await tokens.next()).value?.text).toBe("a");
    await expect(tokens.next()).rejects.toThrow("died");
    expect((await tokens.next()).done).toBe(true);
    await tokens.return();
    expect(calls).toEqual([]);
  });

  test("a stop reason ends it; a late failure changes nothing", async () => {
    const { tokens } = stream();
    tokens.push(token("a", "stop"));
    tokens.fail(new Error("too late"));
    const seen = [];
    for await (const { text } of tokens) seen.push(text);
    expect(seen).toEqual(["a"]);
  });

  test("break cancels", async () => {
    const { tokens, calls } = stream();
    tokens.push(token("a"));
    for await (const { text } of tokens) {
      expect(text).toBe("a");
      break;
    }
    expect(calls).toEqual(["cancel"]);
  });

  test("a waiting reader is woken by a token", async () => {
    const { tokens } = stream();
    const next = tokens.next();
    tokens.push(token("late"));
    expect((await next).value?.text).toBe("late");
  });
});
