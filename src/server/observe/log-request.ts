import type { Logger } from "pino";

import type { RequestRecord } from "./request-record.js";

/** One line a request: an error where the server failed, a line for debugging for the health checks of others. */
export function logRequest(logger: Logger, record: RequestRecord): void {
  const { timeToFirstTokenMs, durationMs, ...rest } = record;
  const line = {
    ...rest,
    ...(timeToFirstTokenMs !== undefined && { timeToFirstTokenMs: Math.round(timeToFirstTokenMs) }),
    ...(durationMs !== undefined && { durationMs: Math.round(durationMs) }),
  };
  const operation = record.operation ?? "Cria has no such operation";
  if (record.err !== undefined) logger.error(line, operation);
  else if (record.abortedByClient) logger.info(line, `${operation}, aborted by the client`);
  else if (operation === "Health") logger.debug(line, operation);
  else if (record.operation === undefined) logger.warn(line, operation);
  else logger.info(line, operation);
}
