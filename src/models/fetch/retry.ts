import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { errorCode } from "../../platform/index.js";
import { DownloadCutError, GatedModelError, SourceError } from "../errors.js";
import type { DownloadLimits } from "./download-limits.js";

/**
 * Waits before another try: as long as the server asks, or twice as long as before.
 *
 * @param failures - tries that failed already
 * @throws the error, where another try isn't worth it: too many failed, or the server asks to wait for longer than a person
 *   would
 * @throws `signal.reason` once aborted
 */
export async function waitToRetry(
  error: DownloadCutError,
  failures: number,
  limits: DownloadLimits,
  signal: AbortSignal,
): Promise<void> {
  const asked = error.retryAfterMs ?? 0;
  if (failures >= limits.retries || asked > limits.longestWaitMs) throw error;
  const wait = Math.max(asked, limits.retryDelayMs * 2 ** failures);
  await sleep(wait, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** Answers that a moment later may be better ones. */
const RETRIED_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** What the hub says in `x-error-code` of a model whose licence isn't accepted (library huggingface_hub). */
const GATED = "GatedRepo";

/**
 * Why a server doesn't give what was asked for.
 *
 * @param page - where a person sees the model on the hub
 */
export function refusal({ statusCode = 0, headers }: IncomingMessage, page: string | undefined): SourceError {
  const message = `answered with HTTP status ${statusCode}`;
  if (RETRIED_STATUSES.has(statusCode)) {
    const retryAfterMs = retryAfter(headers["retry-after"]);
    const wait = retryAfterMs === undefined ? "" : `; it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
    return new DownloadCutError(message + wait, true, { retryAfterMs });
  }
  if (statusCode === 401 || statusCode === 403) {
    if (headers["x-error-code"] === GATED && page !== undefined) return new GatedModelError(page, statusCode);
    return new SourceError(
      `${message}: it may need a token (HF_TOKEN), or the one that is set isn't accepted`,
    );
  }
  return new SourceError(message);
}

/** Seconds, or a date (RFC 9110). @returns ms */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** A connection's error in few words: of several addresses tried, Node gives a message to none. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || errorCode(error) || error.name;
}
