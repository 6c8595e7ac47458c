import { describe, expect, test } from "vitest";

import type { LlamaModel } from "../../src/engine/llama-cpp/bindings.js";
import { PREFILL_CHUNK_TOKENS } from "../../src/engine/llama-cpp/job.js";
import type { FromChild, GenerateOrder } from "../../src/engine/llama-cpp/protocol.js";
import { Scheduler } from "../../src/engine/llama-cpp/scheduler.js";

const END = 0;

/** A vocabulary of characters; the character "!" is the end-of-sequence token. */
const model = {
  tokens: { bos: null, shouldPrependBosToken: false },
  tokenize: (text: string) => Array.from(text, (character) => character.charCodeAt(0)),
  detokenize: (tokens: readonly number[]) => String.fromCharCode(...tokens),
  isEogToken: (token: number) => token === END,
} as unknown as LlamaModel;

/** What the sequences were asked to evaluate, in order: `name:tokens`. */
type Trace = string[];

/** A sequence that "generates" a, b, c … and keeps its KV cache as llama.cpp does. */
class FakeSequence {
  cells: number[] = [];
  constructor(
    readonly name: string,
    readonly trace: Trace,
    readonly answer: (n: number) => number,
  ) {}
  get nextTokenIndex(): number {
    return this.cells.length;
  }
  compareContextTokens(tokens: readonly number[]) {
    let at = 0;
    while (at < tokens.length && at < this.cells.length && tokens[at] === this.cells[at]) at++;
    return { firstDifferentIndex: at };
  }
  async adaptStateToTokens(tokens: readonly number[]): Promise<void> {
    await Promise.resolve();
    this.cells = this.cells.slice(0, this.compareContextTokens(tokens).firstDifferentIndex);
  }
  async clearHistory(): Promise<void> {
    await Promise.resolve();
    this.cells = [];
    this.trace.push(`${this.name}:clear`);
  }
  async #decode(tokens: readonly number[]): Promise<void> {
    this.trace.push(`${this.name}:${tokens.length}`);
    await new Promise(setImmediate);
    this.cells.push(...tokens);
  }
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void> {
    return this.#decode(tokens);
  }
  async *evaluate(tokens: readonly number[]): AsyncGenerator<number> {
    let next = tokens;
    for (let n = 0; ; n++) {
      await this.#decode(next);
      const token = this.answer(n);
      if (token === -1) throw new Error("decode failed");
      yield token;
      next = [token];
    }
  }
}

const order = (prompt: string, more: Partial<GenerateOrder> = {}): GenerateOrder => ({
  prompt,
  bos: "model",
  maxTokens: 3,
  temperature: 0,
  topP: 1,
  seed: 1,
  contextLimit: null,
  ...more,
});

function setUp(count: number, answer = (n: number) => 97 + n) {
  const trace: Trace = [];
  const sent: FromChild[] = [];
  const fakes = Array.from({ length: count }, (_, i) => new FakeSequence(`s${i}`, trace, answer));
  const waiting = new Set<() => void>();
  const scheduler = new Scheduler(model, 1000, fakes, (message) => {
    sent.push(message);
    for (const wake of waiting) wake();
    waiting.clear();
  });
  /** Waits for a message that `match` accepts. */
  const until = async (match: (message: FromChild) => boolean) => {
    while (!sent.some(match)) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  const ended = (id: number) => until((message) => message.type === "ended" && message.id === id);
  const text = (id: number) =>
    sent
      .flatMap((message) => (message.type === "tokens" ? message.tokens : []))
      .filter((token) => token[0] === id)
      .map((token) => token[2])
      .join("");
  return { scheduler, trace, sent, until, ended, text, fakes };
}

describe("the tick loop", () => {
  test("all sequences advance together: one message carries a token of each", async () => {
    const { scheduler, sent, ended } = setUp(2);
    scheduler.start(1, order("x"));
    scheduler.start(2, order("y"));
    await Promise.all([ended(1), ended(2)]);
    const ticks = sent.filter((message) => message.type === "tokens");
    expect(ticks.map((tick) => tick.tokens.map(([id, , text, stop]) => `${id}${text}${stop ?? ""}`))).toEqual(
      [["1a"], ["1b", "2a"], ["1clength", "2b"], ["2clength"]],
    );
  });

  test("a long prompt is evaluated in chunks, one a tick, while the others decode", async () => {
    const { scheduler, trace, ended } = setUp(2);
    scheduler.start(1, order("x", { maxTokens: 10 }));
    scheduler.start(2, order("y".repeat(2 * PREFILL_CHUNK_TOKENS + 5)));
    await ended(2);
    const long = trace.filter((step) => step.startsWith("s1:"));
    expect(long).toEqual([
      `s1:${PREFILL_CHUNK_TOKENS}`,
      `s1:${PREFILL_CHUNK_TOKENS}`,
      "s1:5",
      "s1:1",
      "s1:1",
    ]);
    const between = trace.slice(trace.indexOf("s1:128"), trace.lastIndexOf("s1:128"));
    expect(between).toContain("s0:1");
  });

  test("two waiting prompts take turns in the order they came", async () => {
    const { scheduler, trace, ended } = setUp(2);
    scheduler.start(1, order("x".repeat(PREFILL_CHUNK_TOKENS + 1), { maxTokens: 1 }));
    scheduler.start(2, order("y".repeat(3), { maxTokens: 1 }));
    await Promise.all([ended(1), ended(2)]);
    expect(trace).toEqual(["s0:128", "s0:1", "s1:3"]);
  });

  test("an end-of-sequence token stops, with no text", async () => {
    const { scheduler, sent, ended, text } = setUp(1, (n) => (n === 1 ? END : 97));
    scheduler.start(1, order("x", { maxTokens: 9 }));
    await ended(1);
    expect(text(1)).toBe("a");
    const last = sent.filter((message) => message.type === "tokens").at(-1);
    expect(last?.tokens[0]).toEqual([1, END, "", "stop"]);
  });

  test("an abort frees the sequence by the next tick", async () => {
    const { scheduler, sent, until, ended } = setUp(1);
    scheduler.start(1, order("x", { maxTokens: 1_000_000 }));
    await until((message) => message.type === "tokens");
    const before = sent.filter((message) => message.type === "tokens").length;
    scheduler.abort(1);
    await ended(1);
    expect(sent.filter((message) => message.type === "tokens").length - before).toBeLessThanOrEqual(1);
    scheduler.start(2, order("y"));
    await ended(2);
  });

  test("a paused sequence waits without spinning, and goes on", async () => {
    const { scheduler, trace, until, ended, text } = setUp(1);
    scheduler.start(1, order("x", { maxTokens: 5 }));
    await until((message) => message.type === "tokens");
    scheduler.setPaused(1, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const steps = trace.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(trace.length).toBe(steps);
    scheduler.setPaused(1, false);
    await ended(1);
    expect(text(1)).toBe("abcde");
  });

  test("a paused sequence can be aborted", async () => {
    const { scheduler, until, ended } = setUp(1);
    scheduler.start(1, order("x", { maxTokens: 5 }));
    await until((message) => message.type === "tokens");
    scheduler.setPaused(1, true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    scheduler.abort(1);
    await ended(1);
  });

  test("the KV cache's shared prefix isn't evaluated again, on the sequence that shares most", async () => {
    const { scheduler, trace, ended } = setUp(2);
    scheduler.start(1, order("hello world", { maxTokens: 1 }));
    await ended(1);
    scheduler.start(2, order("other", { maxTokens: 1 }));
    await ended(2);
    scheduler.start(3, order("hello there", { maxTokens: 1 }));
    await ended(3);
    expect(trace).toEqual(["s0:11", "s1:5", "s0:5"]);
    // an equal prompt still evaluates its last token, whose logits give the next one
    scheduler.start(4, order("hello there", { maxTokens: 1 }));
    await ended(4);
    expect(trace.at(-1)).toBe("s0:1");
  });

  test("a generation that fails ends alone and its KV cache is dropped", async () => {
    const failing = setUp(1, (n) => (n === 1 ? -1 : 97));
    failing.scheduler.start(1, order("x"));
    await failing.ended(1);
    expect(failing.sent.at(-1)).toEqual({ type: "ended", id: 1, error: "decode failed" });
    expect(failing.trace.at(-1)).toBe("s0:clear");
    failing.scheduler.start(2, order("y", { maxTokens: 1 }));
    await failing.ended(2);
    expect(failing.text(2)).toBe("a");
  });

  test("a prompt over the context is refused; one that fills it gets one token", async () => {
    const { scheduler, sent, ended, text } = setUp(1);
    scheduler.start(1, order("xxxxx", { contextLimit: 4 }));
    expect(sent).toEqual([{ type: "refused", id: 1, promptTokens: 5, contextLimit: 4 }]);
    // 128 characters a token at most: this one isn't even tokenized
    scheduler.start(9, order("x".repeat(513), { contextLimit: 4 }));
    expect(sent[1]).toEqual({ type: "refused", id: 9, promptTokens: 5, contextLimit: 4 });
    scheduler.start(2, order("xxxx", { contextLimit: 4 }));
    await ended(2);
    expect(text(2)).toBe("a");
    scheduler.start(3, order("yy", { contextLimit: 4, maxTokens: 100 }));
    await ended(3);
    expect(text(3)).toBe("ab");
  });
});
