import { describe, expect, test } from "vitest";

import type { AddonContext } from "../../../../src/engine/llama-cpp/child/bindings.js";
import { PREFILL_CHUNK_TOKENS } from "../../../../src/engine/llama-cpp/child/job.js";
import { PrefillRate } from "../../../../src/engine/llama-cpp/child/prefill-rate.js";
import { Scheduler, type SchedulerOptions } from "../../../../src/engine/llama-cpp/child/scheduler.js";
import { ThreadCount } from "../../../../src/engine/llama-cpp/child/thread-count.js";
import type { FromChild, GenerateParams } from "../../../../src/engine/llama-cpp/protocol.js";

const END = 0;
/** How the special tokens are written. */
const SPECIAL = new Map([
  [END, "<|end|>"],
  [2, "<|call|>"],
]);
/** A token that can't be decoded. */
const UNDECODABLE = "\u{1}".charCodeAt(0);

/** Chooses "a", "b", "c" … or what the test says. */
class FakeSampler {
  chosen = 0;
  applyConfig(): void {
    this.chosen = 0;
  }
}

/** A vocabulary of characters; the character "!" is the end-of-sequence token. */
const vocabulary = {
  bos: null,
  prependsBos: false,
  tokenize: (text: string) => Array.from(text, (character) => character.charCodeAt(0)),
  detokenize: (tokens: readonly number[]) => String.fromCharCode(...tokens),
  isEnd: (token: number) => token === END,
  special: (token: number) => SPECIAL.get(token),
};

/** What llama.cpp was asked to evaluate, in order: `sequence:tokens`. */
type Trace = string[];

/** A context that keeps its KV cache as llama.cpp does, and whose sequences "generate" what `answer` says. */
class FakeContext implements AddonContext {
  readonly cells: number[][];
  /** Of sliding-window models: the first position that's still there. */
  firstPosition = 0;
  #batch: { sequence: number; tokens: Uint32Array }[] | undefined;
  #room = 0;
  #busy = false;
  constructor(
    readonly sequences: number,
    readonly trace: Trace,
    readonly answer: (n: number) => number,
  ) {
    this.cells = Array.from({ length: sequences }, () => []);
  }
  initBatch(tokens: number): void {
    this.#mustBeIdle();
    this.#batch = [];
    this.#room = tokens;
  }
  addToBatch(sequence: number, position: number, tokens: Uint32Array, logits: Uint32Array): number[] {
    this.#mustBeIdle();
    expect(position).toBe(this.cells[sequence]?.length);
    this.#room -= tokens.length;
    this.trace.push(`s${sequence}:${tokens.length}`);
    this.#batch?.push({ sequence, tokens });
    return Array.from(logits);
  }
  init(): Promise<boolean> {
    return Promise.resolve(true);
  }
  setThreads(threads: number): void {
    this.#mustBeIdle();
    this.trace.push(`t${threads}`);
  }
  async decodeBatch(): Promise<void> {
    this.#mustBeIdle();
    expect(this.#room).toBe(0);
    this.#busy = true;
    await new Promise(setImmediate);
    this.#busy = false;
    for (const { sequence, tokens } of this.#batch ?? []) this.cells[sequence]?.push(...tokens);
    if (this.#batch?.some(({ tokens }) => tokens.includes(UNDECODABLE))) throw new Error("decode failed");
  }
  readonly sampleToken = (async (_: number, sampler: FakeSampler) => {
    await new Promise(setImmediate);
    return this.answer(sampler.chosen++);
  }) as AddonContext["sampleToken"];
  removeTokenCellsFromSequence(sequence: number, start: number): boolean {
    this.#mustBeIdle();
    this.cells[sequence]?.splice(start);
    return true;
  }
  getSequenceKvCacheMinPosition(): number {
    return this.firstPosition;
  }
  #mustBeIdle(): void {
    if (this.#busy) throw new Error("llama.cpp is decoding.");
  }
}

const order = (prompt: string, more: Partial<GenerateParams> = {}): GenerateParams => ({
  prompt,
  bos: "model",
  maxTokens: 3,
  temperature: 0,
  topP: 1,
  seed: 1,
  contextLimit: null,
  prefillMs: null,
  sequenceMs: null,
  ...more,
});

function setUp(
  count: number,
  answer = (n: number) => 97 + n,
  { rate, threads, capacities }: Pick<SchedulerOptions, "rate" | "threads" | "capacities"> = {},
) {
  const trace: Trace = [];
  const sent: FromChild[] = [];
  const context = new FakeContext(count, trace, answer);
  const waiting = new Set<() => void>();
  const scheduler = new Scheduler({
    vocabulary,
    context,
    contextSize: 1000,
    samplers: Array.from({ length: count }, () => new FakeSampler()),
    send: (message) => {
      sent.push(message);
      for (const wake of waiting) wake();
      waiting.clear();
    },
    ...(rate && { rate }),
    threads,
    ...(capacities && { capacities }),
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
  return { scheduler, trace, sent, until, ended, text, context };
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

  test("each tick computes with the number of threads that other programs leave", async () => {
    let now = 0;
    let freeMs = 0;
    // one of two CPUs is taken, and each look at the machine comes a second after the one before
    const machine = () => ({
      cpus: 2,
      freeMs: (freeMs += 1_000),
      totalMs: 2 * (now += 1_000),
      ownMs: 0,
      parentMs: 0,
    });
    const threads = new ThreadCount({ max: 2, machine, now: () => now });
    expect(threads.count).toBe(2);
    const { scheduler, trace, ended } = setUp(1, undefined, { threads });
    scheduler.start(1, order("xyz"));
    await ended(1);
    expect(trace).toEqual(["t1", "s0:3", "t1", "s0:1", "t1", "s0:1"]);
  });

  test("a fixed number of threads is left alone", async () => {
    const { scheduler, trace, ended } = setUp(1);
    scheduler.start(1, order("xyz"));
    await ended(1);
    expect(trace).toEqual(["s0:3", "s0:1", "s0:1"]);
  });

  describe("waiting prompts", () => {
    const chunks = (count: number, name: string) => order(name.repeat(count * PREFILL_CHUNK_TOKENS));

    test("the oldest prompt and the one with the least left come first in turn", async () => {
      const { scheduler, trace, ended } = setUp(3);
      scheduler.start(1, { ...chunks(5, "x"), maxTokens: 1 });
      scheduler.start(2, { ...chunks(2, "y"), maxTokens: 1 });
      scheduler.start(3, { ...chunks(1, "z"), maxTokens: 1 });
      await Promise.all([ended(1), ended(2), ended(3)]);
      const ticks = ["s0", "s2", "s0", "s1", "s0", "s1", "s0", "s0"];
      expect(trace).toEqual(ticks.map((name) => `${name}:128`));
    });

    test("equally long ones are evaluated as they came, not all at once", async () => {
      const { scheduler, trace, ended } = setUp(3);
      for (const [id, name] of ["x", "y", "z"].entries())
        scheduler.start(id, { ...chunks(2, name), maxTokens: 1 });
      await Promise.all([ended(0), ended(1), ended(2)]);
      expect(trace).toEqual(["s0", "s0", "s1", "s1", "s2", "s2"].map((name) => `${name}:128`));
    });

    test("what one leaves of a chunk goes to the next", async () => {
      const { scheduler, trace, ended } = setUp(3);
      scheduler.start(1, order("x".repeat(200), { maxTokens: 1 }));
      scheduler.start(2, order("y".repeat(3), { maxTokens: 1 }));
      scheduler.start(3, order("z".repeat(90), { maxTokens: 1 }));
      await Promise.all([ended(1), ended(2), ended(3)]);
      expect(trace).toEqual([
        // the oldest
        "s0:128",
        // the shortest, and those with the least left after it
        "s0:72",
        "s1:3",
        "s2:53",
        "s2:37",
      ]);
    });

    test("a short prompt behind a very long one has its answer after two ticks", async () => {
      const { scheduler, sent, trace, until, ended } = setUp(2);
      scheduler.start(1, { ...chunks(7, "x"), maxTokens: 1 });
      while (trace.length === 0) await Promise.resolve();
      scheduler.start(2, order("short"));
      await until((message) => message.type === "tokens");
      // the next tick is under way by then
      expect(trace.slice(0, 3)).toEqual(["s0:128", "s0:123", "s1:5"]);
      expect(trace.length).toBeLessThanOrEqual(5);
      await ended(1);
      const answered = sent.flatMap((message) => (message.type === "ended" ? [message.id] : []));
      expect(answered).toEqual([2, 1]);
    });

    test("short ones that keep coming don't starve a long one: it has half of the ticks", async () => {
      const { scheduler, trace, sent, ended } = setUp(2);
      scheduler.start(1, { ...chunks(4, "x"), maxTokens: 1 });
      for (let id = 2; !sent.some((message) => message.type === "ended" && message.id === 1); id++) {
        scheduler.start(id, { ...chunks(1, String.fromCharCode(200 + id)), maxTokens: 1 });
        await ended(id);
      }
      expect(trace.slice(0, 5)).toEqual(["s0", "s1", "s0", "s1", "s0"].map((name) => `${name}:128`));
      await ended(1);
    });
  });

  test("an abort ends a prompt between its chunks", async () => {
    const { scheduler, trace, ended } = setUp(1);
    scheduler.start(1, order("x".repeat(7 * PREFILL_CHUNK_TOKENS)));
    while (trace.length === 0) await Promise.resolve();
    scheduler.abort(1);
    await ended(1);
    expect(trace).toEqual(["s0:128"]);
    // and the next isn't held up by its place in the line
    scheduler.start(2, order("y", { maxTokens: 1 }));
    await ended(2);
  });

  test("a special token comes with its written form, other tokens come without", async () => {
    const { scheduler, sent, ended } = setUp(1, (n) => (n === 1 ? 2 : 97));
    scheduler.start(1, order("x"));
    await ended(1);
    const tokens = sent.flatMap((message) => (message.type === "tokens" ? message.tokens : []));
    expect(tokens).toEqual([
      [1, 97, "a", null],
      [1, 2, expect.any(String), null, "<|call|>"],
      [1, 97, "a", "length"],
    ]);
  });

  test("an end-of-sequence token stops, with no text", async () => {
    const { scheduler, sent, ended, text } = setUp(1, (n) => (n === 1 ? END : 97));
    scheduler.start(1, order("x", { maxTokens: 9 }));
    await ended(1);
    expect(text(1)).toBe("a");
    const last = sent.filter((message) => message.type === "tokens").at(-1);
    expect(last?.tokens[0]).toEqual([1, END, "", "stop", "<|end|>"]);
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

  test("the expected beginning of prompts is evaluated ahead, in pieces, and not again", async () => {
    const { scheduler, trace, sent, ended } = setUp(2);
    await scheduler.prepare("hello world, ");
    expect(trace).toEqual(["s0:8", "s0:5"]);
    expect(sent).toEqual([]);
    scheduler.start(1, order("hello world, hi", { maxTokens: 1 }));
    await ended(1);
    expect(trace.slice(2)).toEqual(["s0:2"]);
    expect(sent).toContainEqual({ type: "accepted", id: 1, promptTokens: 15 });
  });

  test("a generation that starts meanwhile waits for one piece, and takes it", async () => {
    const { scheduler, trace, ended, text } = setUp(2);
    const prepared = scheduler.prepare("x".repeat(80));
    scheduler.start(1, order("x".repeat(80) + "y"));
    scheduler.start(2, order("z"));
    await Promise.all([prepared, ended(1), ended(2)]);
    expect(trace.slice(0, 3)).toEqual(["s0:8", "s0:73", "s1:1"]);
    expect([text(1), text(2)]).toEqual(["abc", "abc"]);
  });

  test("nothing is evaluated ahead once something was asked for", async () => {
    const { scheduler, trace, ended } = setUp(1);
    scheduler.start(1, order("x", { maxTokens: 1 }));
    await Promise.all([scheduler.prepare("hello"), ended(1)]);
    await scheduler.prepare("hello");
    expect(trace).toEqual(["s0:1"]);
  });

  test("an expected beginning that can't be decoded leaves nothing", async () => {
    const { scheduler, trace, ended, text } = setUp(1);
    await scheduler.prepare(`0123456789${String.fromCharCode(UNDECODABLE)}`);
    scheduler.start(1, order("0123456789"));
    await ended(1);
    expect(trace).toEqual(["s0:8", "s0:3", "s0:10", "s0:1", "s0:1"]);
    expect(text(1)).toBe("abc");
  });

  test("what all prompts begin with isn't worth a prefix that others may come back to", async () => {
    const { scheduler, trace, ended } = setUp(3);
    const ask = async (id: number, prompt: string) => {
      scheduler.start(id, order(prompt, { maxTokens: 1 }));
      await ended(id);
      return trace.at(-1);
    };
    // an unused one first, though a used one begins alike
    await ask(1, `<s>[INST] ${"first ".repeat(20)}`);
    expect(await ask(2, "<s>[INST] a second prompt")).toBe("s1:25");
    expect(await ask(3, "<s>[INST] the third one")).toBe("s2:23");
  });

  test("where no prefix is worth it, the sequence unused longest is taken", async () => {
    const { scheduler, trace, ended } = setUp(2);
    const ask = async (id: number, prompt: string) => {
      scheduler.start(id, order(prompt, { maxTokens: 1 }));
      await ended(id);
      return trace.at(-1)?.split(":")[0];
    };
    const prompts = ["<s> aaaaaaaaaaa", "<s> bbbbbbbbbbb", "<s> ccccccccccc", "<s> ddddddddddd"];
    const used = [];
    for (const [id, prompt] of prompts.entries()) used.push(await ask(id, prompt));
    expect(used).toEqual(["s0", "s1", "s0", "s1"]);
    // reuse makes it the one used last
    expect(await ask(8, "<s> ccccccccccc!")).toBe("s0");
    expect(await ask(9, "<s> eeeeeeeeeee")).toBe("s1");
  });

  describe("one pass over the weights, which takes sequences with consecutive numbers", () => {
    /** Starts endless generations until they have run on these sequences, one after the other; ends those named. */
    const running = async (count: number, ended: readonly number[]) => {
      const set = setUp(count);
      for (let id = 0; id < count; id++) set.scheduler.start(id, order(`${id}`, { maxTokens: 500 }));
      for (const id of ended) {
        set.scheduler.abort(id);
        await set.ended(id);
      }
      return set;
    };
    const abortAll = async ({ scheduler, ended }: ReturnType<typeof setUp>, ids: readonly number[]) => {
      for (const id of ids) scheduler.abort(id);
      await Promise.all(ids.map(ended));
    };

    test("a tick names them in order, whichever generation came first", async () => {
      const set = await running(3, [0]);
      const { scheduler, trace, until } = set;
      // the last one to come, on the first sequence
      scheduler.start(9, order("nine", { maxTokens: 500 }));
      await until((message) => message.type === "tokens" && message.tokens.length === 3);
      const from = trace.lastIndexOf("s2:1");
      const tick = trace.slice(trace.lastIndexOf("s2:1", from - 1) + 1, from + 1);
      expect(tick).toEqual(["s0:1", "s1:1", "s2:1"]);
      await abortAll(set, [1, 2, 9]);
    });

    test("a new generation leaves them in as few runs as possible, though another sequence is unused longer", async () => {
      // in use: s1, s2; longest unused: s4, then s3, then s0
      const set = await running(5, [4, 3, 0]);
      const { scheduler, trace, until } = set;
      scheduler.start(9, order("nine", { maxTokens: 500 }));
      await until((message) => message.type === "accepted" && message.id === 9);
      await until((message) => message.type === "tokens" && message.tokens.some(([id]) => id === 9));
      expect(trace.filter((step) => step.endsWith(":4"))).toEqual(["s3:4"]);
      await abortAll(set, [1, 2, 9]);
    });
  });

  test("a prompt that would take longer than callers wait is refused, by what was measured", async () => {
    let now = 0;
    const rate = new PrefillRate(() => now);
    const { scheduler, sent, until, ended } = setUp(2, undefined, { rate });
    const long = "x".repeat(500);
    // nothing is known yet
    scheduler.start(1, order(long, { prefillMs: 0, maxTokens: 1 }));
    await ended(1);
    expect(sent[0]).toMatchObject({ type: "accepted" });
    // faster than the fake sequences were
    for (let n = 0; n < 8; n++) rate.add(1000, 1);
    rate.add(100, 100);
    // 500 tokens at 1,000,000 a second: 0.5 ms
    scheduler.start(2, order("y".repeat(500), { prefillMs: 0.4 }));
    expect(sent.at(-1)).toEqual({
      type: "too-slow",
      id: 2,
      promptTokens: 500,
      estimateMs: 0.5,
      tokensPerSecond: 1_000_000,
    });
    // the same with what the KV cache holds
    scheduler.start(3, order(`${long}yy`, { prefillMs: 0.4, maxTokens: 1 }));
    await ended(3);
    // a longer prompt that came before it gets half of the ticks
    scheduler.start(4, order("z".repeat(900), { maxTokens: 1 }));
    scheduler.start(5, order("y".repeat(300), { prefillMs: 0.5 }));
    await until((message) => message.type === "too-slow" && message.id === 5);
    expect(sent.at(-1)).toMatchObject({ estimateMs: 0.6 });
    // a shorter one all it needs
    scheduler.start(6, order("y".repeat(950), { prefillMs: 0.5 }));
    expect(sent.at(-1)).toMatchObject({ estimateMs: 1.85 });
    await ended(4);
    now += 3_600_000;
    scheduler.start(7, order("y".repeat(500), { prefillMs: 0, maxTokens: 1 }));
    await ended(7);
  });

  test("a generation whose token can't be chosen ends alone and its KV cache is dropped", async () => {
    let failed = false;
    const failing = setUp(2, (n) => {
      if (n !== 1 || failed) return 97 + n;
      failed = true;
      return -1;
    });
    failing.scheduler.start(1, order("x"));
    failing.scheduler.start(2, order("y"));
    await Promise.all([failing.ended(1), failing.ended(2)]);
    const error = "llama.cpp found no token to continue with.";
    expect(failing.sent).toContainEqual({ type: "ended", id: 1, error });
    expect(failing.sent).toContainEqual({ type: "ended", id: 2 });
    expect(failing.text(2)).toBe("abc");
    expect(failing.context.cells.map(({ length }) => length)).toEqual([0, 3]);
    failing.scheduler.start(3, order("z", { maxTokens: 1 }));
    await failing.ended(3);
    expect(failing.text(3)).toBe("a");
  });

  test("a batch that can't be decoded ends those that were in it, and the next ones are served", async () => {
    const { scheduler, sent, ended, text, context } = setUp(2);
    scheduler.start(1, order("x", { maxTokens: 100 }));
    scheduler.start(2, order(`y${String.fromCharCode(UNDECODABLE)}`));
    await Promise.all([ended(1), ended(2)]);
    for (const id of [1, 2]) expect(sent).toContainEqual({ type: "ended", id, error: "decode failed" });
    expect(context.cells).toEqual([[], []]);
    scheduler.start(3, order("z"));
    await ended(3);
    expect(text(3)).toBe("abc");
  });

  test("where the KV cache has lost what is behind a window, the whole prompt is evaluated again", async () => {
    const { scheduler, trace, ended, context } = setUp(1);
    scheduler.start(1, order("hello world", { maxTokens: 1 }));
    await ended(1);
    context.firstPosition = 3;
    scheduler.start(2, order("hello there", { maxTokens: 1 }));
    await ended(2);
    // the share of the tick was for what seemed to be left
    expect(trace).toEqual(["s0:11", "s0:5", "s0:6"]);
  });

  test("a prompt over the context is refused; one that fills it gets one token", async () => {
    const { scheduler, sent, ended, text } = setUp(1);
    scheduler.start(1, order("xxxxx", { contextLimit: 4 }));
    expect(sent).toEqual([{ type: "refused", id: 1, promptTokens: 5, contextLimit: 4 }]);
    // a long prompt comes as tokens
    scheduler.start(9, { ...order(""), prompt: [7, 7, 7, 7, 7, 7], contextLimit: 4 });
    expect(sent[1]).toEqual({ type: "refused", id: 9, promptTokens: 6, contextLimit: 4 });
    scheduler.start(2, order("xxxx", { contextLimit: 4 }));
    await ended(2);
    expect(text(2)).toBe("a");
    scheduler.start(3, order("yy", { contextLimit: 4, maxTokens: 100 }));
    await ended(3);
    expect(text(3)).toBe("ab");
  });
});

describe("sequences of two sizes", () => {
  /** One that holds 1000 tokens, two that hold 500. */
  const twoSizes = () => setUp(3, () => 97, { capacities: [1000, 500, 500] });
  /** 600 tokens at most: too long for a half one. */
  const long = (more: Partial<GenerateParams> = {}) => order("long", { maxTokens: 597, ...more });

  test("a generation gets the smallest that holds prompt and answer", async () => {
    const { scheduler, trace, ended } = twoSizes();
    scheduler.start(1, order("x".repeat(498), { maxTokens: 3 }));
    await ended(1);
    scheduler.start(2, order("y".repeat(499), { maxTokens: 3 }));
    await ended(2);
    expect(trace.filter((part) => part.endsWith(":128"))).toEqual([
      ...Array<string>(3).fill("s1:128"),
      ...Array<string>(3).fill("s0:128"),
    ]);
  });

  test("one that only the large one holds waits for it, while others run; the first comes first", async () => {
    const { scheduler, sent, ended } = twoSizes();
    scheduler.start(1, long());
    scheduler.setPaused(1, true);
    scheduler.start(2, long());
    scheduler.start(3, order("hello"));
    const accepted = () => sent.flatMap((each) => (each.type === "accepted" ? [each.id] : []));
    expect(accepted()).toEqual([1, 3]);
    await ended(3);
    scheduler.abort(1);
    await ended(1);
    expect(accepted()).toEqual([1, 3, 2]);
    scheduler.abort(2);
    await ended(2);
  });

  test("a short one takes the large one if nothing else is free", async () => {
    const { scheduler, trace, ended } = twoSizes();
    for (const id of [1, 2, 3]) scheduler.start(id, order("hello"));
    await Promise.all([1, 2, 3].map(ended));
    expect(new Set(trace.map((part) => part.slice(0, 2)))).toEqual(new Set(["s0", "s1", "s2"]));
  });

  test("waiting ends after its time, and when the caller leaves", async () => {
    const { scheduler, sent, until, ended } = twoSizes();
    scheduler.start(1, long());
    scheduler.setPaused(1, true);
    scheduler.start(2, long({ sequenceMs: 10 }));
    scheduler.start(3, long());
    scheduler.abort(3);
    expect(sent.at(-1)).toEqual({ type: "ended", id: 3 });
    await until((message) => message.type === "busy");
    expect(sent).toContainEqual({ type: "busy", id: 2, tokens: 600 });
    scheduler.abort(1);
    await ended(1);
    expect(sent.filter(({ type }) => type === "accepted")).toHaveLength(1);
  });

  test("the time for the prompt runs while it waits", async () => {
    const rate = new PrefillRate();
    for (let i = 0; i < 2; i += 1) rate.add(128, 1000);
    const { scheduler, sent, until } = setUp(2, () => 97, { rate, capacities: [1000, 500] });
    scheduler.start(1, long());
    scheduler.setPaused(1, true);
    // 4 tokens take 31 ms, and it waits for 60
    scheduler.start(2, long({ prefillMs: 50 }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    scheduler.abort(1);
    await until((message) => message.type === "too-slow");
    expect(sent.filter(({ type }) => type === "accepted")).toHaveLength(1);
  });
});
