import { setTimeout } from "node:timers/promises";

import type { Command } from "commander";

import { sentences } from "../../platform/index.js";
import type { CriaServer, ServeOptions } from "../../server/index.js";
import type { FollowedConfig } from "../config/index.js";
import { integerBetween } from "../option-values.js";
import { notify, print } from "../output.js";
import { ANOTHER_SHELL, commentLine, quote, setLine, type Shell, shellLines } from "../shells.js";
import { watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { addAuthOptions, type AuthOptions, authSettings } from "./auth-options.js";
import { addCallerOptions, type CallerOptions, callerSettings } from "./caller-options.js";
import { addConfigOption, type ConfigOption, givenOptions, openConfig } from "./config/index.js";
import { addFaultOptions, type FaultOptions, faultSettings } from "./fault-options.js";
import { addIdOptions, type IdOptions, idSettings } from "./id-options.js";
import { addLimitOptions, type LimitOptions, limitSettings } from "./limit-options.js";
import {
  addEngineOptions,
  addModelOptions,
  type EngineOptions,
  type ModelOptions,
  modelSettings,
} from "./model-options.js";
import { addObserveOptions, type ObserveOptions, observeSettings } from "./observe-options.js";
import { addScriptOption } from "./script-options.js";
import { addShellOption, type ShellOptions, shellSetting } from "./shell-options.js";
import { addStopOptions, type StopOptions } from "./stop-options.js";
import { addTlsOptions, type TlsCommandOptions, tlsSettings } from "./tls-options.js";
import { addUpstreamOption, type UpstreamOptions, upstreamSettings } from "./upstream-options.js";

/** Options of `cria serve`. */
export interface ServeCommandOptions
  extends
    ModelOptions,
    IdOptions,
    EngineOptions,
    FaultOptions,
    AuthOptions,
    CallerOptions,
    ConfigOption,
    TlsCommandOptions,
    LimitOptions,
    ObserveOptions,
    ShellOptions,
    StopOptions,
    UpstreamOptions {
  readonly host: string;
  readonly port: number;
}

/** C-R-I-A on a phone's keypad. Below the ports that systems use for outgoing connections, and not known to be in use. */
const DEFAULT_PORT = 2742;

const DEFAULT_HOST = "127.0.0.1";

const MS_PER_S = 1_000;

const EXAMPLES = `
Examples:
  cria serve                                     then paste the lines it prints into another shell
  cria serve --port 0                            on any free port
  cria serve --model-file llama-3.2-1b.gguf --as meta.llama3-2-1b-instruct-v1:0
  cria serve --host 0.0.0.0                      for other machines, with a key from \`cria keys create\`
  cria serve --tls-self-signed                   https:// and http:// on one port
  cria serve --allow-origin http://localhost:5173    a web page from there may call
  cria serve --script answers.json               play answers from a file
  cria serve --metrics-port 9464                 with metrics for Prometheus on another port
  cria serve --upstream meta.llama3-3-70b-instruct-v1:0=https://vllm.internal/v1
  cria serve --upstream meta.llama4-maverick-17b-instruct-v1:0=bedrock,region=us-west-2
  cria serve --config cria.yaml                  settings from a file, looked at by \`cria config check\`

  curl http://127.0.0.1:2742/health              shows whether it is ready and, if not, why

Once the server is ready, the lines to export go to stdout. The request log goes to stderr.
Ctrl-C and SIGTERM let running answers finish, for as long as --grace says; a second signal ends them with an error.`;

/** Defines `cria serve`. */
export function defineServe(program: Command): void {
  const command = program
    .command("serve")
    .description("Serve the Bedrock Runtime API until stopped.")
    .option(
      "-p, --port <n>",
      "port to listen on; 0 means any free port",
      integerBetween(0, 65_535),
      DEFAULT_PORT,
    )
    .option("--host <address>", "address to listen on", DEFAULT_HOST);
  addConfigOption(command, "; it is read again when it changes, and on SIGHUP");
  addShellOption(addCallerOptions(addAuthOptions(command)));
  addEngineOptions(addUpstreamOption(addIdOptions(addModelOptions(command)))).addHelpText("after", EXAMPLES);
  addStopOptions(addTlsOptions(command));
  addScriptOption(command);
  addFaultOptions(addLimitOptions(addObserveOptions(command))).action(serveUntilStopped);
}

/** `cria serve` */
async function serveUntilStopped(all: ServeCommandOptions, command: Command): Promise<void> {
  const config = await openConfig(all);
  // where there is a file, its settings come before the defaults
  const options: Partial<ServeCommandOptions> = config ? givenOptions(command) : all;
  const shell = shellSetting(all);
  const running: { followed?: FollowedConfig | undefined; server?: CriaServer } = {};
  const { signal } = watchInterrupts({
    onHangUp: config && (() => running.followed?.reload()),
    // ended with the process, a stream of HTTP/2 seems complete to the SDK for JavaScript
    onSecond: async () => running.server?.close({ graceMs: 0 }),
  });
  const { clearedVariables, createLogger } = await import("../../server/index.js");
  const { level = "info", format = process.stderr.isTTY ? "pretty" : "json" } = config?.settings.log ?? {};
  const pretty = format === "pretty";
  const logger = await createLogger({ destination: process.stderr, pretty, level });
  // where the log is JSON, for programs to read, every line must be
  const onNotice = pretty
    ? (line: string) => notify(line)
    : (line: string, level: "info" | "warn" = "info") => logger[level](line);
  const flags: ServeOptions = {
    ...(await modelSettings(options)),
    ...idSettings(options),
    ...(await upstreamSettings(options)),
    ...(await faultSettings(options)),
    ...(await tlsSettings(options)),
    ...authSettings(options),
    ...callerSettings(options),
    ...limitSettings(options),
    ...observeSettings(options),
    host: options.host,
    port: options.port,
  };
  const {
    host = DEFAULT_HOST,
    port = DEFAULT_PORT,
    ...asked
  } = config?.optionsWith(flags, onNotice) ?? flags;
  const settings: ServeOptions = {
    ...asked,
    host,
    port,
    logger,
    onNotice,
    onStandIn: (_name: string, modelId: string) => {
      // who gave a script or a file knows what answers
      if (asked.engine === undefined && asked.modelFile === undefined) void noticeHint(modelId, onNotice);
    },
  };
  const server = await startServer(settings, { signal, onNotice }).catch((error: unknown) => {
    throw config?.explain(error) ?? error;
  });
  running.server = server;
  running.followed = config?.follow({ server, flags, logger });
  const health = server.health();
  const names = (await server.ready()).map(({ name }) => name);
  const what =
    names.length === 0 ? "cria, which loads models when they are first requested," : names.join(", ");
  const verb = names.length > 1 ? "are" : "is";
  const next = `Press Ctrl-C to stop. In ${ANOTHER_SHELL[shell]}, type:`;
  if (health.ready) onNotice(`${what} ${verb} ready on ${server.url}. ${next}`);
  else onNotice(sentences(`cria listens on ${server.url}, but isn't ready: ${health.reason}`, next), "warn");
  if (server.metricsUrl !== undefined) onNotice(`metrics for Prometheus are at ${server.metricsUrl}`);
  if (server.auth === "keys")
    onNotice("clients need a key: `cria keys create` makes one and prints the lines to export.");
  const env = server.env(process.env);
  await print(
    shellLines(changes(env), clearedVariables(server.auth), shell) +
      (await javaTrustLines(server, env, shell)),
  );
  await aborted(signal);
  running.followed?.stop();
  onNotice("stopping once running answers have finished. Press Ctrl-C again to end them with an error.");
  server.drain();
  // a listening server keeps the process alive meanwhile
  await setTimeout(all.drainDelay * MS_PER_S);
  await server.close({ graceMs: all.grace * MS_PER_S });
}

/** What gets the model that the default stand-in answers for. */
async function noticeHint(modelId: string, onNotice: (line: string) => void): Promise<void> {
  const { realModelHint } = await import("../real-model-hint.js");
  const hint = await realModelHint(modelId);
  if (hint !== undefined) onNotice(hint);
}

/** The variables that differ from this process's environment, which the other shell probably shares. */
function changes(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => process.env[name] !== value));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * What to do for Java programs where Cria found no `keytool` to do it: comments for a shell, so that they can be pasted with the
 * lines around them.
 *
 * @returns "" where there is nothing to do
 */
async function javaTrustLines(
  { certificateFile }: CriaServer,
  env: NodeJS.ProcessEnv,
  shell: Shell,
): Promise<string> {
  if (certificateFile === undefined || env["JAVA_TOOL_OPTIONS"]?.includes("javax.net.ssl.trustStore="))
    return "";
  const { javaTrustOptions, keytoolArguments } = await import("../../server/index.js");
  const store = "cria-trust-store";
  return [
    "where Java is installed, these make it trust this server and no other:",
    ["keytool", ...keytoolArguments(certificateFile, store)].map((word) => quote(word, shell)).join(" "),
    setLine("JAVA_TOOL_OPTIONS", javaTrustOptions(store), shell),
  ]
    .map((line) => `${commentLine(line, shell)}\n`)
    .join("");
}
