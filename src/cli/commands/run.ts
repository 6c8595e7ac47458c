import { spawn } from "node:child_process";

import type { Command } from "commander";

import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { ExitCode, type OnExitCode, signalExitCode } from "../exit-code.js";
import { standInNotice, tell } from "../output.js";
import { forwardSignals, watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { addFaultOptions, type FaultOptions, faultSettings } from "./fault-options.js";
import {
  addEngineOptions,
  addModelOptions,
  type EngineOptions,
  type ModelOptions,
  modelSettings,
} from "./model-options.js";

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
      onExitCode(await run(words, options));
    },
  );
}

/** `cria run`: a server for one program. */
async function run(words: readonly string[], options: RunOptions): Promise<number> {
  const [command, ...args] = words;
  if (command === undefined || command === "") {
    throw new UsageError(
      "There is no program to run. Type one after two dashes, as in `cria run -- python app.py`.",
    );
  }
  const interrupts = watchInterrupts();
  const { createLogger } = await import("../../server/index.js");
  const settings: ServeOptions = {
    ...(await modelSettings(options)),
    ...(await faultSettings(options)),
    port: 0,
    tls: options.tls ? "self-signed" : undefined,
    // the program's own errors say what was refused; only what lies behind a failure of ours is told
    logger: await createLogger({ destination: process.stderr, pretty: process.stderr.isTTY, level: "error" }),
    onStandIn: (name) => tell(standInNotice(name, "the model asked for")),
  };
  const server = await startServer(settings, interrupts);
  interrupts.stop();
  try {
    return await runToEnd(command, args, server.env(process.env));
  } finally {
    await server.close({ graceMs: 0 });
  }
}

/** Runs a program in our place: our standard streams, our signals; its exit code is ours. */
function runToEnd(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: "inherit" });
    const stopForwarding = forwardSignals(child);
    child.once("error", (error: NodeJS.ErrnoException) => {
      stopForwarding();
      tell(whyNotRun(command, error));
      resolve(error.code === "ENOENT" ? ExitCode.notFound : ExitCode.notExecutable);
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? ExitCode.failure) : signalExitCode(signal));
    });
  });
}

function whyNotRun(command: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") {
    const hint = command.includes(" ") ? " Give the program and its arguments as separate words." : "";
    return `${command}: no such program. Check its name and your PATH.${hint}`;
  }
  if (error.code === "EACCES")
    return `${command}: this file may not be run. Is it a program? \`chmod +x\` makes it one.`;
  return `${command}: ${error.message}`;
}
