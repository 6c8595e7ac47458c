import { setTimeout as sleep } from "node:timers/promises";

import type { DownloadCutError } from "../download-cut-error.js";
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
