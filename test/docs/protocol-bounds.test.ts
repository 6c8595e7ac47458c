import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { elsewhere, filesWithoutTable, readBounds, written } from "../../scripts/limits-docs.mjs";
import { MAX_JSON_VALUES } from "../../src/bedrock/parse-json.js";
import { COUNT_MS, PROMPT_MS } from "../../src/engine/llama-cpp/parent/long-texts.js";
import { defaultSessionLimits } from "../../src/engine/llama-cpp/parent/session-limits.js";
import { MAX_SHORT_TEXT, TOKENIZER_STACK_MIB } from "../../src/engine/llama-cpp/protocol.js";
import { MAX_MEMORY_BYTES } from "../../src/server/documents/protocol.js";
import * as serverLimits from "../../src/server/limits.js";
import { HEAP_MIB, MAX_PROMPT_LENGTH } from "../../src/server/templates/protocol.js";
import { PIPELINED_REQUESTS } from "../../src/server/transport/pipelining.js";

const page = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const tables = readBounds();
const all = tables.flatMap(({ bounds }) => bounds);

/** The value of a bound that the tables have. */
function valueOf(name: string, file = ""): number {
  const found = all.filter((bound) => bound.name === name && bound.file.endsWith(file));
  expect(found.length, name).toBe(1);
  return found[0]?.value ?? NaN;
}

describe("the bounds in docs/protocol.md", () => {
  it("are those of the server and of the engine's process, with their values", () => {
    const objects = {
      "server/limits.ts": serverLimits.defaultLimits,
      "session-limits.ts": defaultSessionLimits,
    };
    for (const [file, values] of Object.entries(objects)) {
      for (const [name, value] of Object.entries(values)) expect(valueOf(name, file), name).toBe(value);
    }
    const { TIMEOUT_CHECK_MS, IGNORED_BODY_BYTES, CUT_MS, CLOSE_GRACE_MS, CLOSE_FLUSH_MS } = serverLimits;
    const constants = {
      ...{ TIMEOUT_CHECK_MS, IGNORED_BODY_BYTES, CUT_MS, CLOSE_GRACE_MS, CLOSE_FLUSH_MS },
      ...{ MAX_JSON_VALUES, COUNT_MS, PROMPT_MS, MAX_SHORT_TEXT, TOKENIZER_STACK_MIB },
      ...{ MAX_MEMORY_BYTES, MAX_PROMPT_LENGTH, PIPELINED_REQUESTS },
    };
    for (const [name, value] of Object.entries(constants)) expect(valueOf(name), name).toBe(value);
    expect(valueOf("HEAP_MIB", "templates/protocol.ts")).toBe(HEAP_MIB);
  });

  it("are on the page, each with what it is", () => {
    expect(all.length).toBeGreaterThan(90);
    for (const { name, value, what } of all) {
      const cells = page.split("\n").filter((line) => line.startsWith(`| \`${name}\``));
      expect(
        cells.some((line) => line.includes(`| ${written(name, value)} `)),
        name,
      ).toBe(true);
      expect(what, name).not.toBe("");
    }
  });

  it("leave out no file of the server", () => {
    expect(filesWithoutTable()).toEqual([]);
    const missing = elsewhere.filter((path) => !existsSync(new URL(`../../src/${path}`, import.meta.url)));
    expect(missing).toEqual([]);
  });

  it("have the same values in the sentences above them", () => {
    const { defaultLimits: limits } = serverLimits;
    const count = (value: number) => value.toLocaleString("en-US");
    const seconds = (ms: number) => `${ms / 1000} s`;
    const of = (name: string) => written(name, valueOf(name));
    const limit = (name: keyof typeof limits) => written(name, limits[name]);
    const from = page.indexOf("## Limits");
    const text = page.slice(from, page.indexOf("### Every bound")).replaceAll(/\s+/gu, " ");
    for (const words of [
      `A request body may have ${limit("bodyBytes")}, the headers ${limit("headerBytes")}`,
      `${limit("connections")} connections may be open, with ${limit("streamsPerConnection")} streams each`,
      `${limit("requests")} requests have a slot and ${limits.bodyBytesInAll / 1e6} MB of bodies`,
      `${limit("slotless")} further requests may hold no slot`,
      `while ${PIPELINED_REQUESTS} requests are unanswered`,
      `resets more than ${limit("streamsPerConnection")} requests a second`,
      `up to ${limit("drainBytes")}, ${limit("drainMs")} without a byte, and ${limit("requestMs")} in all`,
      `A text of more than ${count(MAX_SHORT_TEXT)} characters`,
      `${of("MAX_PENDING_LENGTH")} characters may be counted`,
      `Counting a text may take ${seconds(COUNT_MS)}, tokenizing a prompt ${seconds(PROMPT_MS)}`,
      `a stack of ${TOKENIZER_STACK_MIB} MiB`,
      `for ${of("RENDER_MS")} at most, with a heap of ${HEAP_MIB} MiB, and may write ${count(MAX_PROMPT_LENGTH)} characters`,
      `A reader that is ${limit("readerLagBytes")} behind`,
      `${valueOf("FIRST_MS") / 1000} s at least and ${limit("giveWayMs")} at most`,
      `takes no byte for ${limit("stallMs")} is disconnected`,
      `${valueOf("QUEUE_LENGTH", "admission.ts")} of them at most`,
      `A request waits ${limit("startMs")} in all`,
      `more than ${written("FIRST_TOKEN_MS", valueOf("FIRST_TOKEN_MS", "llama-cpp-engine.ts"))} by the speed`,
    ]) {
      expect(text).toContain(words);
    }
  });
});
