import { bodyTooLarge, tooManyRequests } from "../../bedrock/index.js";
import { ClientGoneError } from "../client-gone-error.js";
import { type ServerLimits, TIMEOUT_CHECK_MS } from "../limits.js";
import { RequestTimeoutError } from "../request-timeout-error.js";
import type { BodyShare } from "./body-memory.js";
import type { Exchange } from "./exchange.js";
import { GatheredBytes } from "./gathered-bytes.js";

/**
 * Collects a request's body, up to the limit.
 *
 * @param share - of what may be held in all; still taken when this is done
 * @throws {BedrockException} it is longer, is declared longer, or too much is held of others; the rest is left unread.
 * @throws {RequestTimeoutError} it didn't come in time.
 * @throws {ClientGoneError} it broke off.
 * @throws `signal.reason` once aborted.
 */
export function readBody(
  exchange: Pick<Exchange, "readable" | "header">,
  { bodyBytes, requestMs }: ServerLimits,
  share: BodyShare,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const { readable } = exchange;
    if (Number(exchange.header("content-length") ?? 0) > bodyBytes) {
      reject(bodyTooLarge());
      return;
    }
    const gathered = new GatheredBytes();
    const settle = (done: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      readable.off("data", onData).off("end", onEnd).off("error", onError).pause();
      done();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    // a request breaks off where its client does, and Node may say so before it says that the response is closed
    const onError = () => settle(() => reject(new ClientGoneError()));
    const onEnd = () => settle(() => resolve(gathered.bytes));
    const onData = (chunk: Uint8Array) => {
      if (gathered.length + chunk.length > bodyBytes) settle(() => reject(bodyTooLarge()));
      else if (share.take(chunk.length)) gathered.append(chunk);
      else settle(() => reject(tooManyRequests()));
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
