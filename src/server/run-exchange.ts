import { randomUUID } from "node:crypto";

import type { Logger } from "pino";

import type { Api } from "./api.js";
import { ClientGoneError, FaultCutError } from "./errors.js";
import { isClientsDoing } from "./exception-mapping.js";
import type { ServerLimits } from "./limits.js";
import { logRequest, type RequestRecord } from "./observe/index.js";
import type { RequestSlots, RunningRequests } from "./running-requests.js";
import {
  type Exchange,
  type SilenceWatch,
  type BodyMemory,
  endLate,
  readBody,
  writeBody,
} from "./transport/index.js";

/** What every exchange of a server shares. */
export interface ExchangeContext {
  readonly api: Api;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly requests: RunningRequests;
  readonly slots: RequestSlots;
  readonly bodies: BodyMemory;
  readonly silences: SilenceWatch;
}

/**
 * Answers one request from its head to the last byte of its response, and logs it. Never throws. Where the end of a stream waits for
 * its reader, all that the request held is given back before; only a server that closes waits for it.
 */
export async function runExchange(exchange: Exchange, context: ExchangeContext): Promise<void> {
  const { api, limits, logger, requests, slots, bodies } = context;
  const startedAt = performance.now();
  const { protocol, method } = exchange;
  const record: RequestRecord = { requestId: randomUUID(), method, protocol };
  const controller = requests.start();
  const giveSlotBack = slots.take();
  const share = bodies.share();
  const ends: (() => void)[] = [];
  const { signal } = controller;
  exchange.onGone(() => controller.abort(new ClientGoneError()));
  let body: Promise<Uint8Array> | undefined;
  let endsLate = false;
  try {
    const response = await api({
      method,
      path: exchange.path,
      header: (name) => exchange.header(name),
      headerValues: (name) => exchange.headerValues(name),
      body: () => (body ??= readBody(exchange, limits, share, signal)),
      crowdedOut: giveSlotBack === undefined,
      onEnd: (callback) => void ends.push(callback),
      signal,
      startedAt,
      record,
    });
    record.status = response.status;
    exchange.writeHead(response, requests.closing);
    await writeBody(exchange, response.body, context, record);
    endsLate = exchange.endsLate;
  } catch (error) {
    if (isClientsDoing(error)) record.abortedByClient = true;
    else if (!(error instanceof FaultCutError)) record.err = error;
    controller.abort(error);
    exchange.cut(error instanceof FaultCutError ? "connection" : "stream");
  } finally {
    giveSlotBack?.();
    share.release();
    for (const end of ends) end();
    record.durationMs = performance.now() - startedAt;
    logRequest(logger, record);
  }
  if (endsLate) await endLate(exchange, limits);
  requests.end(controller);
}
