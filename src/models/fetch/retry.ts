import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { errorCode } from "../../platform/index.js";
import { DownloadCutError, GatedModelError, SourceError } from "../errors.js";
import type { DownloadLimits } from "./fetch-job.js";

/**
 * Waits before a retry: twice as long as before, or longer if the server's `Retry-After` says so.
 *
 * @param failures - attempts that have failed before this one
 * @throws `error` if there were too many retries or `Retry-After` is too long
 * @throws `signal.reason` if aborted
 */
export async function waitToRetry(
  error: DownloadCutError,
  failures: number,
  limits: DownloadLimits,
  signal: AbortSignal,
): Promise<void> {
  const retryAfterMs = error.retryAfterMs ?? 0;
  if (failures >= limits.retries || retryAfterMs > limits.maxRetryAfterMs) throw error;
  const wait = Math.max(retryAfterMs, limits.retryDelayMs * 2 ** failures);
  await sleep(wait, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** Statuses of temporary failures. */
const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** The hub's `x-error-code` for a model whose licence has not been accepted (library huggingface_hub). */
const GATED = "GatedRepo";

/**
 * The error for a response with an HTTP error status.
 *
 * @param page - the model's page on the hub
 */
export function refusal({ statusCode = 0, headers }: IncomingMessage, page: string | undefined): SourceError {
  const message = `answered with HTTP status ${statusCode}`;
  if (RETRIED_STATUSES.has(statusCode)) {
    const retryAfterMs = retryAfter(headers["retry-after"]);
    const wait =
      retryAfterMs === undefined ? "" : ` and asks to retry after ${Math.ceil(retryAfterMs / 1000)} s`;
    return new DownloadCutError(message + wait, true, { retryAfterMs });
  }
  if (statusCode === 401 || statusCode === 403) {
    if (headers["x-error-code"] === GATED && page !== undefined) return new GatedModelError(page, statusCode);
    return new SourceError(`${message}: set HF_TOKEN to a token with access, or check the one that is set`);
  }
  return new SourceError(message);
}

/** Parses `Retry-After`, which is in seconds or a date (RFC 9110). @returns milliseconds */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The reason of a connection error. If a host has several addresses, Node's error has a code but no message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || errorCode(error) || error.name;
}
