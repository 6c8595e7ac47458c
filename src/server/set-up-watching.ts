import type { Logger } from "pino";

import { type Authenticator, type AuthMode, createKeyAuthenticator, openKeys } from "./access/index.js";
import type { ServerLimits } from "./limits.js";
import type { ServerMetrics } from "./metrics/index.js";
import type { ServeOptions } from "./serve-options.js";
import type { Traces } from "./traces/index.js";

/** What watches a server from outside. The code is loaded on demand: who asks for neither pays for neither. */
export interface Watching {
  readonly metrics: ServerMetrics | undefined;
  readonly traces: Traces | undefined;
}

/** The parts of a server that those who watch it need. */
export interface WatchedServer {
  readonly host: string;
  readonly auth: AuthMode;
  readonly authenticator: Authenticator;
  /** In PEM; undefined if TLS is off. */
  readonly certificate: string | undefined;
  readonly limits: ServerLimits;
  readonly logger: Logger;
}

/**
 * Sets up metrics and traces, as far as they are asked for.
 *
 * @throws {NoKeysError} {@link KeyFileError} {@link KeyEnvironmentError} scrapers need a key, and there is none, or the keys can't be read.
 * @throws {MissingPackagesError} packages that traces need aren't installed.
 */
export async function setUpWatching(options: ServeOptions, server: WatchedServer): Promise<Watching> {
  return { metrics: await setUpMetrics(options, server), traces: await setUpTraces(options, server) };
}

async function setUpMetrics(
  { metrics, keysFile, allowHosts = [] }: ServeOptions,
  server: WatchedServer,
): Promise<ServerMetrics | undefined> {
  if (metrics === undefined) return undefined;
  const { port, host = server.host, auth = "none" } = metrics === true ? {} : metrics;
  let authenticator: Authenticator | undefined;
  if (auth === "keys") {
    authenticator =
      server.auth === "keys"
        ? server.authenticator
        : createKeyAuthenticator(await openKeys({ file: keysFile }));
  }
  const { ServerMetrics } = await import("./metrics/index.js");
  return new ServerMetrics({ ...server, port, host, authenticator, allowHosts });
}

async function setUpTraces(
  { traces }: ServeOptions,
  { host, logger }: WatchedServer,
): Promise<Traces | undefined> {
  if (traces === undefined) return undefined;
  const { startTraces } = await import("./traces/index.js");
  const { endpoint } = traces === true ? {} : traces;
  return startTraces({ endpoint, host, logger });
}
