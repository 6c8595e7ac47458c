import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import { beforeEach, expect, test } from "vitest";

import { createLlamaCppEngine } from "../../../../src/engine/index.js";
import { usableCores } from "../../../../src/platform/index.js";
import { needsEngine, tinyFiles } from "../../../support/engine.js";

/** A busy program for each CPU is too much to start on a large machine. */
const MOST_CPUS = 16;

beforeEach(needsEngine);

const cpus = availableParallelism();

test("fewer threads compute beside programs that keep every CPU busy", async ({ skip }) => {
  skip(usableCores() === 1, "This machine has one core: there are no fewer threads.");
  skip(cpus > MOST_CPUS, `This machine has ${cpus} CPUs, too many to keep all of them busy.`);
  const busy = Array.from({ length: cpus }, () =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  const messages: string[] = [];
  try {
    await using engine = createLlamaCppEngine({
      files: () => tinyFiles("llama-3"),
      ...{ sequences: 1, contextSize: 256 },
      onEvent: (event) => {
        if (event.type === "log") messages.push(event.message);
      },
    });
    await engine.model();
    // two heartbeats, with a look at the machine in each
    await sleep(2_500);
    const request = { prompt: "Hello", maxTokens: 4, temperature: 0, topP: 1, seed: 1 };
    for await (const token of await engine.generate(request)) expect(token).toBeDefined();
    expect(messages[0]).toMatch(/^compute threads: \d+ \(\d+\.\d CPUs free for them\)$/u);
    expect(Number(/\d+/u.exec(messages[0] ?? ""))).toBeLessThan(usableCores());
  } finally {
    for (const program of busy) program.kill("SIGKILL");
  }
});
