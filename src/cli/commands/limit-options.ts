import { type Command, Option } from "commander";

import { MAX_CONNECTIONS, MAX_HEADER_BYTES, MAX_REQUESTS, MIN_HEADER_BYTES } from "../../config/index.js";
import type { ServerLimits } from "../../server/index.js";
import { defined, integerBetween } from "../option-values.js";

/** Options for the limits of a server. */
export interface LimitOptions {
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly maxHeaderBytes: number;
  /** In s, as the next two. */
  readonly idleTimeout: number;
  readonly headerTimeout: number;
  readonly requestTimeout: number;
}

const GROUP = "Limits, for servers with many or slow clients:";

/** A day; longer is as good as no limit. */
const MAX_SECONDS = 86_400;

/** Adds {@link LimitOptions} to a command. The defaults repeat the server's, which isn't imported because it takes long to load. */
export function addLimitOptions(command: Command): Command {
  const add = (flags: string, description: string, [min, max]: readonly [number, number], usual: number) =>
    command.addOption(
      new Option(flags, description).argParser(integerBetween(min, max)).default(usual).helpGroup(GROUP),
    );
  const seconds = [1, MAX_SECONDS] as const;
  add("--max-connections <n>", "connections at once; further ones are closed", [1, MAX_CONNECTIONS], 512);
  add(
    "--max-requests <n>",
    "requests at once, over all connections; further ones get a ThrottlingException",
    [1, MAX_REQUESTS],
    2_048,
  );
  add(
    "--max-header-bytes <n>",
    "bytes in the headers of one request",
    [MIN_HEADER_BYTES, MAX_HEADER_BYTES],
    16_384,
  );
  add("--idle-timeout <s>", "seconds a connection may stay open without a request", seconds, 75);
  add("--header-timeout <s>", "seconds a client may take to send the headers of a request", seconds, 20);
  add("--request-timeout <s>", "seconds a client may take to send a whole request", seconds, 100);
  return command;
}

/** The limits as `serve()` takes them: those that are given. */
export function limitSettings(options: Partial<LimitOptions>): { readonly limits: Partial<ServerLimits> } {
  const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);
  const limits = defined({
    connections: options.maxConnections,
    requests: options.maxRequests,
    headerBytes: options.maxHeaderBytes,
    idleMs: ms(options.idleTimeout),
    headersMs: ms(options.headerTimeout),
    requestMs: ms(options.requestTimeout),
  });
  return { limits };
}
