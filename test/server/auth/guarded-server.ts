import { onTestFinished } from "vitest";

import { createApi } from "../../../src/server/api.js";
import { createKeyAuthenticator } from "../../../src/server/auth/key-authenticator.js";
import type { KeySource } from "../../../src/server/auth/key-source.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import { listen } from "../../../src/server/http/listener.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { runExchange } from "../../../src/server/run-exchange.js";
import { RunningRequests } from "../../../src/server/running-requests.js";
import { watchedEngine, watchedLogger, type LogLine } from "../support/start.js";

/** How the server differs from one that is right. */
export interface GuardedServerOptions {
  /** The server's clock. @default Date.now */
  readonly now?: () => number;
  readonly bodyBytes?: number;
}

/** A server that asks for keys, with its own clock; closed when the test ends. */
export async function startGuardedServer(
  keys: KeySource,
  { now, bodyBytes = defaultLimits.bodyBytes }: GuardedServerOptions = {},
): Promise<{ url: string; lines: readonly LogLine[] }> {
  const { logger, lines } = watchedLogger();
  const limits = { ...defaultLimits, bodyBytes };
  const requests = new RunningRequests();
  const api = createApi({
    engine: watchedEngine({ tokens: ["Hel", "lo"] }),
    as: undefined,
    strict: false,
    padding: false,
    onStandIn: () => undefined,
    authenticator: createKeyAuthenticator(keys, now && { now }),
    faults: new FaultPlan(),
    limits,
    logger,
  });
  const listener = await listen("127.0.0.1", 0, limits, (exchange) => {
    void runExchange(exchange, { api, limits, logger, requests });
  });
  onTestFinished(async () => {
    listener.stop();
    await listener.close(0);
  });
  return { url: `http://127.0.0.1:${listener.port}`, lines };
}
