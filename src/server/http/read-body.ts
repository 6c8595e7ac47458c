import type { Readable } from "node:stream";

import { bodyTooLarge } from "../../bedrock/index.js";
import { RequestTimeoutError } from "../errors/request-timeout-error.js";
import { TIMEOUT_CHECK_MS, type ServerLimits } from "../limits.js";

/**
 * Collects a request's body, up to the limit.
 *
 * @param contentLength - as the client declared it
 * @throws {BedrockException} it is longer, or is declared longer; the rest is left unread.
 * @throws {RequestTimeoutError} it didn't come in time.
 * @throws `signal.reason` once aborted.
 */
export function readBody(
  readable: Readable,
  contentLength: string | undefined,
  { bodyBytes, requestMs }: ServerLimits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(contentLength ?? 0) > bodyBytes) {
      reject(bodyTooLarge());
      return;
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    const settle = (done: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      readable.off("data", onData).off("end", onEnd).off("error", onError).pause();
      done();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    const onError = (error: Error) => settle(() => reject(error));
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks, length)));
    const onData = (chunk: Uint8Array) => {
      length += chunk.length;
      if (length > bodyBytes) settle(() => reject(bodyTooLarge()));
      else chunks.push(chunk);
    };
    const onTimeout = () => settle(() => reject(new RequestTimeoutError(requestMs)));
    // on HTTP/1.1 Node is first, and answers 408
    const timer = setTimeout(onTimeout, requestMs + 2 * TIMEOUT_CHECK_MS);
    signal.addEventListener("abort", onAbort, { once: true });
    readable.on("data", onData).on("end", onEnd).on("error", onError);
    if (signal.aborted) onAbort();
    // an empty body over HTTP/2 has ended by itself if its last frame came before this was called
    else if (readable.readableEnded) onEnd();
  });
}
