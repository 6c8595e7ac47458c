import { bodyTooLarge, tooManyRequests } from "../../bedrock/index.js";
import { ClientGoneError, RequestTimeoutError } from "../errors.js";
import { type ServerLimits, TIMEOUT_CHECK_MS } from "../limits.js";
import type { Share } from "../shared-bound.js";
import type { Exchange } from "./exchange.js";

/**
 * Reads a request's body, up to the limit.
 *
 * @param share - this request's part of the body memory; the caller releases it
 * @param onChunk - called with each part of the body as it comes
 * @throws {BedrockException} the body or its declared length exceeds the limit, or the body memory is full; the rest is left unread.
 * @throws {RequestTimeoutError} the body didn't arrive in time.
 * @throws {ClientGoneError} the client disconnected before the end of the body.
 * @throws `signal.reason` once aborted.
 */
export function readBody(
  exchange: Pick<Exchange, "readable" | "header">,
  { bodyBytes, requestMs }: ServerLimits,
  share: Share,
  signal: AbortSignal,
  onChunk: (chunk: Uint8Array) => void = () => undefined,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const { readable } = exchange;
    // check: length
    if (Number(exchange.header("content-length") ?? 0) > bodyBytes) {
      reject(bodyTooLarge());
      return;
    }
    const buffer = new ByteBuffer();
    const settle = (done: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      readable.off("data", onData).off("end", onEnd).off("error", onError).pause();
      done();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    // the client disconnected: Node may report it here before it reports the response as closed
    const onError = () => settle(() => reject(new ClientGoneError()));
    const onEnd = () => settle(() => resolve(buffer.bytes));
    const onData = (chunk: Uint8Array) => {
      if (buffer.length + chunk.length > bodyBytes) settle(() => reject(bodyTooLarge()));
      else if (share.reserve(chunk.length)) {
        onChunk(chunk);
        buffer.append(chunk);
      } else settle(() => reject(tooManyRequests()));
    };
    const onTimeout = () => settle(() => reject(new RequestTimeoutError(requestMs)));
    // on HTTP/1.1 Node's own time-out fires first, and answers 408
    const timer = setTimeout(onTimeout, requestMs + 2 * TIMEOUT_CHECK_MS);
    signal.addEventListener("abort", onAbort, { once: true });
    readable.on("data", onData).on("end", onEnd).on("error", onError);
    if (signal.aborted) onAbort();
    // an empty HTTP/2 body has already ended if its last frame came before this call
    else if (readable.readableEnded) onEnd();
  });
}

/**
 * A growing buffer. It copies the chunks into one block: a list of chunks costs about 200 bytes a chunk, which for a body that is sent
 * byte by byte is gigabytes (measured). The capacity doubles, so that appending takes constant time a byte.
 */
class ByteBuffer {
  #buffer: Uint8Array = new Uint8Array();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far: a view, valid until the next call of {@link append}. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  append(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (this.#length === 0) {
      // the usual case, a body in one chunk: no copy
      this.#buffer = part;
    } else {
      if (length > this.#buffer.length) {
        const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
        grown.set(this.bytes);
        this.#buffer = grown;
      }
      this.#buffer.set(part, this.#length);
    }
    this.#length = length;
  }
}
