import { describe, expect, it } from "vitest";

import { builtExample } from "../support/built-example.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFile } from "../support/temporary-file.js";

/** Long enough between two tokens to tell parts printed one by one from parts printed together. */
const DELAY_MS = 200;

describe("the compiled examples under cria run", () => {
  it.for(["go", "rust"] as const)("streams the example in %s, token by token", async (language, context) => {
    const program = builtExample(context, language);
    const script = JSON.stringify({ tokens: [" Hello", " there"], delayMs: DELAY_MS });
    await using file = await temporaryFile("script.json", script);
    const { code, stdout, times } = await runCli(["run", "--script", file.path, "--", program]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: " Hello there\n" });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(DELAY_MS / 2);
  });

  it.for(["go", "rust"] as const)(
    "ends the example in %s with an error when its stream ends with one",
    async (language, context) => {
      const program = builtExample(context, language);
      await using file = await temporaryFile(
        "script.json",
        JSON.stringify({ tokens: [" Hello", " there"], failAfter: 1 }),
      );
      const { code, stdout, stderr } = await runCli(["run", "--script", file.path, "--", program]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: " Hello" });
      expect(stderr).toMatch(/The engine died, as its script says/u);
    },
  );
});
