import { type Command, Option } from "commander";

import type { ServerLimits } from "../../server/index.js";
import { integerBetween } from "../option-values.js";

/** The options that bound what clients may take of a server of ours. */
export interface LimitOptions {
  readonly maxConnections: number;
  readonly maxRequests: number;
  readonly maxHeaderBytes: number;
  /** In s, as the next two. */
  readonly idleTimeout: number;
  readonly headerTimeout: number;
  readonly requestTimeout: number;
}

const GROUP = "Bounds, for servers with many clients or slow ones:";

/** A day: who wants more wants none. */
const MAX_SECONDS = 86_400;

/** Ports of one client address. */
const MAX_CONNECTIONS = 65_535;

/** 64 KiB each beside their buffers: 6 GiB. */
const MAX_REQUESTS = 100_000;

/** What Node's HTTP/2 takes at most. */
const MAX_HEADER_BYTES = 65_536;

/** A signed request has some 1 KiB. */
const MIN_HEADER_BYTES = 2_048;

/** Adds them to a command. The defaults are `server`'s, but importing them here would load the house. */
export function addLimitOptions(command: Command): Command {
  const add = (flags: string, description: string, [min, max]: readonly [number, number], usual: number) =>
    command.addOption(
      new Option(flags, description).argParser(integerBetween(min, max)).default(usual).helpGroup(GROUP),
    );
  const seconds = [1, MAX_SECONDS] as const;
  add("--max-connections <n>", "connections at once; more are closed", [1, MAX_CONNECTIONS], 512);
  add(
    "--max-requests <n>",
    "requests at once, over all connections; more get a ThrottlingException",
    [1, MAX_REQUESTS],
    2_048,
  );
  add(
    "--max-header-bytes <n>",
    "bytes of one request's headers",
    [MIN_HEADER_BYTES, MAX_HEADER_BYTES],
    16_384,
  );
  add("--idle-timeout <s>", "seconds a connection may be without a request", seconds, 75);
  add("--header-timeout <s>", "seconds until the headers of a request are complete", seconds, 20);
  add("--request-timeout <s>", "seconds until a request is complete, body and all", seconds, 100);
  return command;
}

/** The options of a command as `serve()` takes them. */
export function limitSettings(options: LimitOptions): { readonly limits: Partial<ServerLimits> } {
  return {
    limits: {
      connections: options.maxConnections,
      requests: options.maxRequests,
      headerBytes: options.maxHeaderBytes,
      idleMs: options.idleTimeout * 1000,
      headersMs: options.headerTimeout * 1000,
      requestMs: options.requestTimeout * 1000,
    },
  };
}
