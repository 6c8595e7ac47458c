import { fileURLToPath } from "node:url";

import { beforeEach, expect, test } from "vitest";

import { needsEngine } from "../../support/engine.js";
import { tinyModel } from "../../support/gguf/tiny-model.js";
import { testHome } from "../../support/home.js";
import { plainEnv, start } from "../../support/run-cli.js";

/** Enough for each fate many times; by hand more: `node bench/soak.mjs 10000`. */
const REQUESTS = 300;

/** Of a machine that does much else. */
const LONGEST_MS = 300_000;

beforeEach(needsEngine);

test(
  "requests of every fate leave all sequences free, memory where it was and the process alive",
  async () => {
    const script = fileURLToPath(new URL("../../../bench/soak.mjs", import.meta.url));
    const soak = start(process.execPath, [script, String(REQUESTS), await tinyModel("llama-2")], {
      env: { ...plainEnv(), CRIA_HOME: testHome() },
    });
    expect(await soak.ended, soak.stderr).toBe(0);
    const { ends, before, after, restarts } = JSON.parse(soak.stdout) as {
      ends: Record<string, number>;
      before: { free: number };
      after: { free: number };
      restarts: string[];
    };
    // it did what it says
    expect(Object.keys(ends)).toEqual(expect.arrayContaining(["whole", "aborted", "left", "too long"]));
    expect([before.free, after.free]).toEqual([4, 4]);
    expect(restarts).toEqual([]);
  },
  LONGEST_MS,
);
