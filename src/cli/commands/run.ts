import type { Command } from "commander";

import type { OnExitCode } from "../exit-code.js";
import { addFaultOptions, type FaultOptions } from "./fault-options.js";
import { addEngineOptions, addModelOptions, type EngineOptions, type ModelOptions } from "./model-options.js";

/** What `cria run` takes. */
export interface RunOptions extends ModelOptions, EngineOptions, FaultOptions {
  readonly tls?: boolean;
}

const EXAMPLES = `
Examples:
  cria run -- python app.py
  cria run -- node app.js --its-own --flags
  cria run --tls -- ./app                        its SDK speaks https://, as to AWS
  cria run --model-file llama-2-13b-chat.gguf --as meta.llama2-13b-chat-v1 -- pytest

The program starts once the model is ready. Its AWS SDK finds the server by environment
variables; no real credentials are used or needed. Signals are passed on to it, and its
exit code is passed back.`;

/** Defines `cria run`. */
export function defineRun(program: Command, onExitCode: OnExitCode): void {
  const command = program
    .command("run")
    .description("Run a program that calls Bedrock, unchanged, against a local model.")
    .argument("<command...>", "the program and its arguments")
    .option(
      "--tls",
      "serve it over TLS, with a certificate of Cria's own that it's made to trust beside those it trusts anyhow",
    )
    .passThroughOptions();
  addFaultOptions(addEngineOptions(addModelOptions(command)).addHelpText("after", EXAMPLES)).action(
    async (words: string[], options: RunOptions) => {
      const { run } = await import("../actions/run.js");
      onExitCode(await run(words, options));
    },
  );
}
