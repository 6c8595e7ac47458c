import type { Readable } from "node:stream";

import type { ServerLimits } from "../limits.js";

/** Lets the rest of a body that nobody wants run out: resolves at its end, or at a limit. */
export function runOut(readable: Readable, { drainBytes, drainMs }: ServerLimits): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const settle = () => {
      clearTimeout(timer);
      readable.off("data", onData).off("end", settle).off("close", settle);
      resolve();
    };
    const onData = (chunk: Uint8Array) => {
      seen += chunk.length;
      if (seen > drainBytes) settle();
    };
    const timer = setTimeout(settle, drainMs);
    readable.on("data", onData).on("end", settle).on("close", settle).resume();
    if (readable.readableEnded || readable.destroyed) settle();
  });
}
