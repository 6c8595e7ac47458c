import type { Command } from "commander";

import { integerBetween } from "../option-values.js";
import type { OnExitCode } from "../exit-code.js";
import { addAuthOptions, type AuthOptions } from "./auth-options.js";
import { addFaultOptions, type FaultOptions } from "./fault-options.js";
import { addLimitOptions, type LimitOptions } from "./limit-options.js";
import { addEngineOptions, addModelOptions, type EngineOptions, type ModelOptions } from "./model-options.js";
import { addTlsOptions, type TlsCommandOptions } from "./tls-options.js";

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
export function defineServe(program: Command, onExitCode: OnExitCode): void {
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
  addFaultOptions(addLimitOptions(addTlsOptions(command))).action(async (options: ServeCommandOptions) => {
    const { serveUntilStopped } = await import("../actions/serve.js");
    onExitCode(await serveUntilStopped(options));
  });
}
