import { spawn } from "node:child_process";

import { createLogger, type ServeOptions } from "../../server/index.js";
import type { RunOptions } from "../commands/run.js";
import { UsageError } from "../errors/usage-error.js";
import { ExitCode, signalExitCode } from "../exit-code.js";
import { watchInterrupts } from "../interrupts.js";
import { tell } from "../output.js";
import { serverOptions } from "../server-options.js";
import { forwardSignals } from "../signal-forwarding.js";
import { standInNotice } from "../stand-in-notice.js";
import { startServer } from "../start-server.js";

/** `cria run`: a server for one program. */
export async function run(words: readonly string[], options: RunOptions): Promise<number> {
  const [command, ...args] = words;
  if (command === undefined || command === "") {
    throw new UsageError(
      "There is no program to run. Type one after two dashes, as in `cria run -- python app.py`.",
    );
  }
  const interrupts = watchInterrupts();
  const settings: ServeOptions = {
    ...(await serverOptions(options)),
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
