import { spawn } from "node:child_process";

import type { Command } from "commander";

import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import { ExitCode, type OnExitCode, signalExitCode } from "../exit-code.js";
import { notify, standInNotice } from "../output.js";
import { forwardSignals, watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { addFaultOptions, type FaultOptions, faultSettings } from "./fault-options.js";
import { addIdOptions, type IdOptions, idSettings } from "./id-options.js";
import {
  addEngineOptions,
  addModelOptions,
  type EngineOptions,
  type ModelOptions,
  modelSettings,
} from "./model-options.js";
import { addScriptOption } from "./script-options.js";

/** Options of `cria run`. */
export interface RunOptions extends ModelOptions, IdOptions, EngineOptions, FaultOptions {
  readonly tls?: boolean;
}

const EXAMPLES = `
Examples:
  cria run -- python app.py
  cria run -- node app.js --its-own --flags
  cria run --tls -- ./app                        over https://, as with AWS
  cria run --model-file llama-2-13b-chat.gguf --as meta.llama2-13b-chat-v1 -- pytest
  cria run --script answers.json -- pytest       with answers from a file

The program starts once the model is ready. Environment variables lead its AWS SDK to the
server; real AWS credentials are neither used nor needed. Signals are forwarded to the program,
and its exit code becomes that of cria.`;

/** Defines `cria run`. */
export function defineRun(program: Command, onExitCode: OnExitCode): void {
  const command = program
    .command("run")
    .description("Run a program that calls Bedrock, unchanged, against a local model.")
    .argument("<command...>", "the program and its arguments")
    .option(
      "--tls",
      "serve over TLS with a self-signed certificate, and make the program trust it in addition to those it trusts already",
    )
    .passThroughOptions();
  addEngineOptions(addIdOptions(addModelOptions(command))).addHelpText("after", EXAMPLES);
  addFaultOptions(addScriptOption(command)).action(async (words: string[], options: RunOptions) => {
    onExitCode(await run(words, options));
  });
}

/** `cria run`: starts a server for one program. @returns the exit code */
async function run(words: readonly string[], options: RunOptions): Promise<number> {
  const [command, ...args] = words;
  if (command === undefined || command === "") {
    throw new UsageError(
      "There is no program to run. Type it after two dashes, as in `cria run -- python app.py`.",
    );
  }
  const interrupts = watchInterrupts();
  const { createLogger } = await import("../../server/index.js");
  const settings: ServeOptions = {
    ...(await modelSettings(options)),
    ...idSettings(options),
    ...(await faultSettings(options)),
    port: 0,
    tls: options.tls ? "self-signed" : undefined,
    // the program reports refused requests itself; only failures of the server are logged
    logger: await createLogger({ destination: process.stderr, pretty: process.stderr.isTTY, level: "error" }),
    // who gave a script knows that no model answers
    onStandIn: (name) => {
      if (options.script === undefined) notify(standInNotice(name, "the model asked for"));
    },
  };
  const server = await startServer(settings, interrupts);
  interrupts.stop();
  try {
    return await runToEnd(command, args, server.env(process.env));
  } finally {
    await server.close({ graceMs: 0 });
  }
}

/** Runs a program with this process's standard streams, and forwards signals to it. @returns its exit code */
function runToEnd(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: "inherit" });
    const stopForwarding = forwardSignals(child);
    child.once("error", (error: NodeJS.ErrnoException) => {
      stopForwarding();
      notify(spawnErrorMessage(command, error));
      resolve(error.code === "ENOENT" ? ExitCode.notFound : ExitCode.notExecutable);
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(signal === null ? (code ?? ExitCode.failure) : signalExitCode(signal));
    });
  });
}

function spawnErrorMessage(command: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") {
    const hint = command.includes(" ") ? " Type the program and its arguments as separate words." : "";
    return `${command}: no such program. Check its name and your PATH.${hint}`;
  }
  if (error.code === "EACCES")
    return `${command}: this file may not be executed. If it is a program, \`chmod +x\` makes it executable.`;
  return `${command}: ${error.message}`;
}
