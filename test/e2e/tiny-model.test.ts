import { expect, it } from "vitest";

import { needsEngine } from "../support/engine.js";
import { tinyModel } from "../support/gguf/tiny-model.js";
import { testHome } from "../support/home.js";
import { needsPosix, NO_CTRL_C } from "../support/platform.js";
import { startCli } from "../support/run-cli.js";

it("Ctrl-C, which a terminal sends to every process, ends a generation", async (context) => {
  needsPosix(context, NO_CTRL_C);
  needsEngine(context);
  const args = ["--model-file", await tinyModel("llama-2"), "--max-gen-len", "2000", "Count to a thousand."];
  const cli = startCli(args, { env: { CRIA_HOME: testHome() }, group: true });
  await cli.until("stdout", /\S/u);
  process.kill(-(cli.child.pid ?? NaN), "SIGINT");
  expect(await cli.ended).toBe(130);
  expect(cli.stdout).toMatch(/\S.*\n$/su);
  expect(cli.stderr).not.toMatch(/error/iu);
});
