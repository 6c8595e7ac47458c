import type { Command } from "commander";

import type { ServeOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";
import type { OnExitCode } from "../exit-code.js";
import { notify, standInNotice } from "../output.js";
import { watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { addConfigOption, type ConfigOption, givenOptions, openConfig } from "./config/index.js";
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
import { addUpstreamOption, type UpstreamOptions, upstreamSettings } from "./upstream-options.js";

/** Options of `cria run`. */
export interface RunOptions
  extends ConfigOption, ModelOptions, IdOptions, EngineOptions, FaultOptions, UpstreamOptions {
  readonly tls?: boolean;
  readonly keepCredentials?: boolean;
}

const EXAMPLES = `
Examples:
  cria run -- python app.py
  cria run -- node app.js --its-own --flags
  cria run --tls -- ./app                        over https://, as with AWS
  cria run --keep-credentials -- python app.py   Bedrock here, and the real S3
  cria run --model-file llama-2-13b-chat.gguf --as meta.llama2-13b-chat-v1 -- pytest
  cria run --script answers.json -- pytest       with answers from a file

The program starts once the model is ready. Environment variables lead its AWS SDK to the
server; the program needs no real AWS credentials, and a profile that it names has none.
docs/environment.md lists the variables. Signals are forwarded to the program,
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
    .option(
      "--keep-credentials",
      "leave the program its AWS credentials, profiles and region, for other services such as S3; signatures of its calls for Bedrock then reach cria, on this machine",
    )
    .passThroughOptions();
  addConfigOption(
    command,
    ", and its listen, auth, keysFile, allowHosts, allowOrigins, log and metrics are for `cria serve`",
  );
  addEngineOptions(addUpstreamOption(addIdOptions(addModelOptions(command)))).addHelpText("after", EXAMPLES);
  addFaultOptions(addScriptOption(command)).action(
    async (words: string[], options: RunOptions, self: Command) => {
      onExitCode(await run(words, options, self));
    },
  );
}

/** What a file says to servers that other programs call. */
const FOR_SERVERS = {
  ...{ host: undefined, auth: undefined, keysFile: undefined, metrics: undefined },
  ...{ allowHosts: undefined, allowOrigins: undefined },
} satisfies ServeOptions;

/** What it doesn't take from a file: these, and where the server listens. */
const NOT_FOR_ONE_PROGRAM = [
  ...(Object.keys(FOR_SERVERS) as (keyof typeof FOR_SERVERS)[]),
  "port",
  "tls",
] as const;

/** `cria run`: starts a server for one program. @returns the exit code */
async function run(words: readonly string[], all: RunOptions, self: Command): Promise<number> {
  const [command, ...args] = words;
  if (command === undefined || command === "") {
    throw new UsageError(
      "There is no program to run. Type it after two dashes, as in `cria run -- python app.py`.",
    );
  }
  const { keepCredentials } = all;
  const config = await openConfig(all, NOT_FOR_ONE_PROGRAM);
  const options: RunOptions = config ? givenOptions(self) : all;
  const interrupts = watchInterrupts();
  const [{ createLogger }, { runToEnd }] = await Promise.all([
    import("../../server/index.js"),
    import("../run-to-end.js"),
  ]);
  let missed: string | undefined;
  const flags: ServeOptions = {
    ...(await modelSettings(options)),
    ...idSettings(options),
    ...(await upstreamSettings(options)),
    ...(await faultSettings(options)),
  };
  const asked = config?.optionsWith(flags, notify) ?? flags;
  const settings: ServeOptions = {
    ...asked,
    // the program is the only caller
    ...FOR_SERVERS,
    port: 0,
    tls: options.tls ? "self-signed" : undefined,
    // the program reports refused requests itself; only failures of the server are logged
    logger: await createLogger({ destination: process.stderr, pretty: process.stderr.isTTY, level: "error" }),
    onNotice: notify,
    // SDKs hide the reason, and some programs the whole error
    onMissingOperation: onceEach((operation) =>
      notify(
        `the program asked for ${operation}, an operation of Bedrock's that cria lacks. It was refused.`,
      ),
    ),
    // who gave a script knows that no model answers
    onStandIn: (name, modelId) => {
      if (options.script !== undefined) return;
      notify(standInNotice(name, modelId));
      if (asked.modelFile === undefined) missed = modelId;
    },
  };
  const server = await startServer(settings, interrupts).catch((error: unknown) => {
    throw config?.explain(error) ?? error;
  });
  interrupts.stop();
  try {
    const code = await runToEnd(command, args, server.env(process.env, { keepCredentials, words }));
    await notifyHint(missed);
    return code;
  } finally {
    await server.close({ graceMs: 0 });
  }
}

/** Calls `callback` once for each text. */
function onceEach(callback: (text: string) => void): (text: string) => void {
  const seen = new Set<string>();
  return (text) => {
    if (seen.has(text)) return;
    seen.add(text);
    callback(text);
  };
}

/** Once the program has ended: what gets the model that the default stand-in answered for. */
async function notifyHint(asked: string | undefined): Promise<void> {
  if (asked === undefined) return;
  const { realModelHint } = await import("../real-model-hint.js");
  const hint = await realModelHint(asked);
  if (hint !== undefined) notify(hint);
}
