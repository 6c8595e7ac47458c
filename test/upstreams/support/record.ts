import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, test, type TestContext } from "vitest";

import type { Target } from "./target.js";
import { name, startTarget, whyNoTarget } from "./targets.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Set by `npm run conformance:upstreams`: the file for the results of this run, below `.cache/upstreams`. Otherwise nothing is written. */
const file = process.env["CRIA_UPSTREAM_RESULTS"];

/** What a check found: "yes", or more words; "no" if it failed. */
const results: Record<string, Record<string, string>> = {};

/** How long a check may take, on a busy machine with a server that runs many at once. */
const CHECK_MS = 600_000;

/** How a check is run. */
interface CheckOptions {
  /** @default false */
  readonly concurrent?: boolean;
  /** Why it can't be run here, which is no result; undefined if it can. @default it can */
  readonly whyNot?: () => string | undefined;
}

/** A test whose result stands in a table. `run` returns words for it. @param table - in docs/upstreams.md @default "yes" */
export function check(
  table: string,
  name: string,
  run: (context: TestContext) => Promise<string | undefined>,
  { concurrent = false, whyNot = () => undefined }: CheckOptions = {},
): void {
  test(`${table}: ${name}`, { concurrent, timeout: CHECK_MS }, async (context) => {
    const why = whyNoTarget() ?? whyNot();
    if (why !== undefined) context.skip(why);
    const found = (results[table] ??= {});
    found[name] = "no";
    const words = (await run(context)) ?? "yes";
    // one that took too long has failed, however it ended
    if (!context.signal.aborted) found[name] = words;
  });
}

/** Starts the server that the run is about for the checks of a file. @returns the server, while they run */
export function useTarget(): () => Target {
  let target: Target | undefined;
  beforeAll(async () => {
    if (whyNoTarget() !== undefined) return;
    try {
      target = await startTarget();
    } catch (error) {
      write("why", { title: name, why: String(error) });
      throw error;
    }
  }, 900_000);
  afterAll(() => target?.stop(), 60_000);
  return () => {
    if (!target) throw new Error("The server wasn't started.");
    return target;
  };
}

/** Writes what the checks of a file found, when they have run. */
export function writeResults(part: string, title: () => string): void {
  afterAll(() => {
    if (Object.keys(results).length > 0) write(part, { title: title(), ...results });
  });
}

function write(part: string, page: object): void {
  if (file === undefined) return;
  mkdirSync(`${root}.cache/upstreams`, { recursive: true });
  writeFileSync(`${root}.cache/upstreams/${file}.${part}.json`, JSON.stringify(page, undefined, 2));
}
