import type { Command } from "commander";

import type { CriaServer } from "../../server/index.js";
import { integerBetween } from "../option-values.js";
import { print, tell } from "../output.js";
import { quote, shellLines } from "../shell-lines.js";
import { watchInterrupts } from "../signals.js";
import { startServer } from "../start-server.js";
import { addAuthOptions, type AuthOptions, authSettings } from "./auth-options.js";
import { addFaultOptions, type FaultOptions, faultSettings } from "./fault-options.js";
import { addLimitOptions, type LimitOptions, limitSettings } from "./limit-options.js";
import {
  addEngineOptions,
  addModelOptions,
  type EngineOptions,
  type ModelOptions,
  modelSettings,
} from "./model-options.js";
import { addTlsOptions, type TlsCommandOptions, tlsSettings } from "./tls-options.js";

/** What `cria serve` takes. */
export interface ServeCommandOptions
  extends ModelOptions, EngineOptions, FaultOptions, AuthOptions, TlsCommandOptions, LimitOptions {
  readonly host: string;
  readonly port: number;
}

/** C-R-I-A on a telephone's keys; below the ports that systems give to outgoing connections, and used by nothing known. */
export const DEFAULT_PORT = 2742;

const EXAMPLES = `
Examples:
  cria serve                                     then, in another shell, paste the lines it prints
  cria serve --port 0                            any free port
  cria serve --model-file llama-3.2-1b.gguf --as meta.llama3-2-1b-instruct-v1:0
  cria serve --host 0.0.0.0                      other machines may call, with a key of \`cria keys create\`
  cria serve --tls-self-signed                   https:// and http:// on one port

  curl http://127.0.0.1:2742/health              is it ready, and if not, why

Once ready, the lines to export go to stdout; the request log goes to stderr.
Ctrl-C and SIGTERM let running answers finish first; a second one ends at once.`;

/** Defines `cria serve`. */
export function defineServe(program: Command): void {
  const command = program
    .command("serve")
    .description("Serve the Bedrock Runtime API until stopped.")
    .option(
      "-p, --port <n>",
      "port to listen on; 0 takes any free one",
      integerBetween(0, 65_535),
      DEFAULT_PORT,
    )
    .option("--host <address>", "address to listen on", "127.0.0.1");
  addAuthOptions(command);
  addEngineOptions(addModelOptions(command)).addHelpText("after", EXAMPLES);
  addFaultOptions(addLimitOptions(addTlsOptions(command))).action(serveUntilStopped);
}

/** `cria serve`: serves until a signal asks for the end. */
async function serveUntilStopped(options: ServeCommandOptions): Promise<void> {
  const { host, port } = options;
  const { signal } = watchInterrupts();
  const { clearedVariables, createLogger } = await import("../../server/index.js");
  const pretty = process.stderr.isTTY;
  const logger = await createLogger({ destination: process.stderr, pretty });
  // a log that programs read has no lines that aren't JSON
  const notify = pretty ? tell : (line: string) => logger.info(line);
  const settings = {
    ...(await modelSettings(options)),
    ...(await faultSettings(options)),
    ...(await tlsSettings(options)),
    ...authSettings(options),
    ...limitSettings(options),
    host,
    port,
    logger,
  };
  const server = await startServer(settings, { signal, notify });
  const names = (await server.ready()).map(({ name }) => name);
  const what = names.length === 0 ? "cria, which loads models when they are needed," : names.join(", ");
  const verb = names.length > 1 ? "are" : "is";
  notify(`${what} ${verb} ready on ${server.url}. Ctrl-C ends it. In another shell, type:`);
  if (server.auth === "keys")
    notify("who calls needs a key: `cria keys create` makes one and prints the lines for it.");
  const env = server.env(process.env);
  await print(shellLines(changes(env), clearedVariables(server.auth)) + (await javaTrustLines(server, env)));
  await aborted(signal);
  notify("stopping; running answers may finish. Ctrl-C again ends it at once.");
  await server.close();
}

/** What differs from our own environment, which is likely that of the other shell too. */
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
 * What a person with Java has to do where Cria found no `keytool` to do it: comments for a shell, so that they can be pasted
 * with the lines around them.
 *
 * @returns "" where there is nothing to do
 */
async function javaTrustLines({ certificateFile }: CriaServer, env: NodeJS.ProcessEnv): Promise<string> {
  if (certificateFile === undefined || env["JAVA_TOOL_OPTIONS"]?.includes("javax.net.ssl.trustStore="))
    return "";
  const { javaTrustOptions, keytoolArguments } = await import("../../server/index.js");
  const store = "cria-trust-store";
  return [
    "where there is Java, make it trust this server and no other:",
    ["keytool", ...keytoolArguments(certificateFile, store)].map(quote).join(" "),
    `export JAVA_TOOL_OPTIONS=${quote(javaTrustOptions(store))}`,
  ]
    .map((line) => `# ${line}\n`)
    .join("");
}
