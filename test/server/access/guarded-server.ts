import { onTestFinished } from "vitest";

import { createKeyAuthenticator } from "../../../src/server/access/key-authenticator.js";
import type { KeySource } from "../../../src/server/access/key-source.js";
import { Callers } from "../../../src/server/callers/index.js";
import { handle } from "../../../src/server/handle.js";
import { defaultLimits, type ServerLimits } from "../../../src/server/limits.js";
import { logRequests } from "../../../src/server/observe/index.js";
import { SharedBound } from "../../../src/server/shared-bound.js";
import { listen } from "../../../src/server/transport/listener.js";
import type { TlsIdentity } from "../../../src/server/transport/tls-server.js";
import { serverContext } from "../support/ask.js";
import { type LogLine, recordingEngine, type RecordingEngine, recordingLogger } from "../support/start.js";

/** How the server differs from one that is right. */
export interface GuardedServerOptions {
  /** The server's clock. @default Date.now */
  readonly now?: () => number;
  readonly bodyBytes?: number;
  /** Limits that replace the defaults. */
  readonly limits?: Partial<ServerLimits>;
  /** @default no TLS */
  readonly tls?: TlsIdentity;
}

/** A server that asks for keys, with its own clock; closed when the test ends. */
export async function startGuardedServer(
  keys: KeySource,
  { now, bodyBytes = defaultLimits.bodyBytes, tls, limits: others }: GuardedServerOptions = {},
): Promise<{ url: string; lines: readonly LogLine[]; engine: RecordingEngine }> {
  const { logger, lines } = recordingLogger();
  const limits = { ...defaultLimits, bodyBytes, ...others };
  const engine = recordingEngine({ tokens: ["Hel", "lo"] });
  const context = serverContext({
    engine,
    callers: new Callers({
      host: "127.0.0.1",
      auth: "keys",
      certificate: undefined,
      allowHosts: [],
      allowOrigins: [],
    }),
    authenticator: createKeyAuthenticator(keys, now && { now }),
    limits,
    slots: new SharedBound(limits.requests, true),
    bodies: new SharedBound(limits.bodyBytesInAll, true),
    watchers: [logRequests(logger)],
  });
  const listener = await listen({ host: "127.0.0.1", port: 0, tls, limits, logger }, (exchange) => {
    void handle(exchange, context);
  });
  onTestFinished(async () => {
    listener.stop();
    await listener.close(0);
  });
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${listener.port}`, lines, engine };
}
