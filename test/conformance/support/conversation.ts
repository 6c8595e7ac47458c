import { expect } from "vitest";

import type { Answer, Metrics, Usage } from "./answer.js";

const STOP_REASON = /^(?:end_turn|max_tokens|stop_sequence)$/u;

/** Expects counts that agree, and a latency in whole ms. */
function expectFigures(usage: Usage | undefined, metrics: Metrics | undefined): Usage {
  if (!usage) throw new Error("There is no usage.");
  expect(usage.inputTokens).toBeGreaterThan(0);
  expect(usage.outputTokens).toBeGreaterThan(0);
  expect(usage.totalTokens).toBe(usage.inputTokens + usage.outputTokens);
  expect(Number.isInteger(metrics?.latencyMs)).toBe(true);
  return usage;
}

/** A turn in Converse's response. */
export interface Turn {
  readonly text: string;
  readonly stopReason: string;
  readonly usage: Usage;
}

/** Expects the shape of Converse's response. */
export function expectTurn({ error, output }: Answer): Turn {
  expect(error).toBeUndefined();
  const message = output?.output?.message;
  expect(message).toEqual({ role: "assistant", content: [{ text: expect.any(String) as string }] });
  expect(output?.stopReason).toMatch(STOP_REASON);
  return {
    text: message?.content[0]?.text ?? "",
    stopReason: output?.stopReason ?? "",
    usage: expectFigures(output?.usage, output?.metrics),
  };
}

/** The texts of the deltas received. */
export function deltaTexts({ events = [] }: Answer): readonly string[] {
  return events.flatMap(({ contentBlockDelta }) => contentBlockDelta?.delta.text ?? []);
}

/** Expects the shape of a complete stream: its events in order, one delta for each token, and counts that agree. */
export function expectStreamedTurn(answer: Answer): Turn {
  expect(answer.error).toBeUndefined();
  const events = answer.events ?? [];
  const texts = deltaTexts(answer);
  const kinds = events.map((event) => Object.keys(event).join());
  expect(kinds).toEqual([
    "messageStart",
    ...texts.map(() => "contentBlockDelta"),
    "contentBlockStop",
    "messageStop",
    "metadata",
  ]);
  expect(events[0]).toEqual({ messageStart: { role: "assistant" } });
  expect(events.at(-3)).toEqual({ contentBlockStop: { contentBlockIndex: 0 } });
  for (const { contentBlockDelta } of events) {
    if (contentBlockDelta) expect(contentBlockDelta.contentBlockIndex).toBe(0);
  }
  const stopReason = events.at(-2)?.messageStop?.stopReason ?? "";
  expect(stopReason).toMatch(STOP_REASON);
  const metadata = events.at(-1)?.metadata;
  const usage = expectFigures(metadata?.usage, metadata?.metrics);
  expect(usage.outputTokens).toBe(texts.length);
  return { text: texts.join(""), stopReason, usage };
}
