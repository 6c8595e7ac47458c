import { clearedVariables, createLogger } from "../../server/index.js";
import { authSettings } from "../auth-settings.js";
import type { ServeCommandOptions } from "../commands/serve.js";
import { ExitCode } from "../exit-code.js";
import { watchInterrupts } from "../interrupts.js";
import { javaTrustLines } from "../java-trust-lines.js";
import { limitSettings } from "../limit-settings.js";
import { print, tell } from "../output.js";
import { serverOptions } from "../server-options.js";
import { shellLines } from "../shell-lines.js";
import { startServer } from "../start-server.js";
import { tlsSettings } from "../tls-settings.js";

/** `cria serve`: serves until a signal asks for the end. */
export async function serveUntilStopped(options: ServeCommandOptions): Promise<number> {
  const { host, port } = options;
  const { signal } = watchInterrupts();
  const pretty = process.stderr.isTTY;
  const logger = await createLogger({ destination: process.stderr, pretty });
  // a log that programs read has no lines that aren't JSON
  const notify = pretty ? tell : (line: string) => logger.info(line);
  const settings = {
    ...(await serverOptions(options)),
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
  await print(shellLines(changes(env), clearedVariables(server.auth)) + javaTrustLines(server, env));
  await aborted(signal);
  notify("stopping; running answers may finish. Ctrl-C again ends it at once.");
  await server.close();
  return ExitCode.ok;
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
