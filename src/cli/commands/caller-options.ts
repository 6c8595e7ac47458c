import type { Command } from "commander";

import type { ServeOptions } from "../../server/index.js";

/** Options for which names of a server, and which web pages, are answered. */
export interface CallerOptions {
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
}

/** Adds {@link CallerOptions} to a command. */
export function addCallerOptions(command: Command): Command {
  return command
    .option(
      "--allow-host <name>",
      "a name by which clients without a key may call, such as cria.internal or *.internal, besides addresses, localhost and this machine's name; may be given several times",
      addOne,
    )
    .option(
      "--allow-origin <url>",
      "a web origin whose pages may call, such as https://app.example.com; * for all, with --auth keys; may be given several times (default: no page may)",
      addOne,
    );
}

function addOne(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** The options as `serve()` takes them. */
export function callerSettings({
  allowHost,
  allowOrigin,
}: CallerOptions): Pick<ServeOptions, "allowHosts" | "allowOrigins"> {
  return { allowHosts: allowHost, allowOrigins: allowOrigin };
}
