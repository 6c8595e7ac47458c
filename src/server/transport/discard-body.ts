import type { Readable } from "node:stream";

import type { ServerLimits } from "../limits.js";

/**
 * Reads and discards the rest of a request body; resolves at its end, or at a limit: so many bytes, `drainMs` without one, or the time for a
 * whole request.
 *
 * @param signal - resolves it at once
 */
export function discardBody(
  readable: Readable,
  { drainBytes, drainMs, requestMs }: Pick<ServerLimits, "drainBytes" | "drainMs" | "requestMs">,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const settle = () => {
      clearTimeout(silence);
      clearTimeout(whole);
      signal?.removeEventListener("abort", settle);
      readable.off("data", onData).off("end", settle).off("close", settle);
      resolve();
    };
    const onData = (chunk: Uint8Array) => {
      seen += chunk.length;
      if (seen > drainBytes) settle();
      else silence.refresh();
    };
    const silence = setTimeout(settle, drainMs);
    const whole = setTimeout(settle, requestMs);
    signal?.addEventListener("abort", settle, { once: true });
    readable.on("data", onData).on("end", settle).on("close", settle).resume();
    if (readable.readableEnded || readable.destroyed || signal?.aborted) settle();
  });
}
