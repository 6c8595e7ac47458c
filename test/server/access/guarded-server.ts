import { onTestFinished } from "vitest";

import { SingleEngine } from "../../../src/fleet/single-engine.js";
import { createKeyAuthenticator } from "../../../src/server/access/key-authenticator.js";
import type { KeySource } from "../../../src/server/access/key-source.js";
import { createApi } from "../../../src/server/api.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { runExchange } from "../../../src/server/run-exchange.js";
import { RequestSlots, RunningRequests } from "../../../src/server/running-requests.js";
import { SilenceWatch } from "../../../src/server/transport/frame-writer.js";
import { listen } from "../../../src/server/transport/listener.js";
import { BodyMemory } from "../../../src/server/transport/read-body.js";
import type { TlsIdentity } from "../../../src/server/transport/tls-server.js";
import { type LogLine, watchedEngine, type WatchedEngine, watchedLogger } from "../support/start.js";

/** How the server differs from one that is right. */
export interface GuardedServerOptions {
  /** The server's clock. @default Date.now */
  readonly now?: () => number;
  readonly bodyBytes?: number;
  /** @default no TLS */
  readonly tls?: TlsIdentity;
}

/** A server that asks for keys, with its own clock; closed when the test ends. */
export async function startGuardedServer(
  keys: KeySource,
  { now, bodyBytes = defaultLimits.bodyBytes, tls }: GuardedServerOptions = {},
): Promise<{ url: string; lines: readonly LogLine[]; engine: WatchedEngine }> {
  const { logger, lines } = watchedLogger();
  const limits = { ...defaultLimits, bodyBytes };
  const requests = new RunningRequests();
  const engine = watchedEngine({ tokens: ["Hel", "lo"] });
  const api = createApi({
    engines: new SingleEngine(engine, undefined),
    strict: false,
    padding: false,
    onStandIn: () => undefined,
    authenticator: createKeyAuthenticator(keys, now && { now }),
    faults: new FaultPlan(),
    limits,
    logger,
  });
  const slots = new RequestSlots(limits.requests);
  const bodies = new BodyMemory(limits.bodyBytesInAll);
  const silences = new SilenceWatch();
  const listener = await listen({ host: "127.0.0.1", port: 0, tls, limits, logger }, (exchange) => {
    void runExchange(exchange, { api, limits, logger, requests, slots, bodies, silences });
  });
  onTestFinished(async () => {
    listener.stop();
    await listener.close(0);
  });
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${listener.port}`, lines, engine };
}
