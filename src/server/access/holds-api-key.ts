import { timingSafeEqual } from "node:crypto";

import { sha256 } from "../../sigv4/equal-secrets.js";
import type { ApiKey } from "./key-source.js";

/** Whether an API key is one of those, and holds now. All are compared, whichever fits. @param now - in ms since 1970 */
export function holdsApiKey(apiKeys: readonly ApiKey[], presented: string, now: number): boolean {
  const hash = sha256(presented);
  const fitting = apiKeys.filter(({ sha256: known }) => timingSafeEqual(hash, known));
  return fitting.some(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
}
