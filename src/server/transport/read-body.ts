import { bodyTooLarge, tooManyRequests } from "../../bedrock/index.js";
import { ClientGoneError, RequestTimeoutError } from "../errors.js";
import { type ServerLimits, TIMEOUT_CHECK_MS } from "../limits.js";
import type { Exchange } from "./exchange.js";

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
    // check: length
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

/**
 * Bytes as they come. They are copied together: each part kept as it came would cost some 200 bytes beside its own, which for a
 * body that is sent byte by byte is gigabytes (measured). Its memory doubles, so that appending costs the same for each byte.
 */
class GatheredBytes {
  #buffer: Uint8Array = new Uint8Array();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far: a view, good until the next call of {@link append}. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  append(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (this.#length === 0) {
      // the usual case: all of it in one part
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

/** One request's part of {@link BodyMemory}. */
export interface BodyShare {
  /** @returns whether so many bytes more may be held; if not, none of them counts */
  take(bytes: number): boolean;
  /** Gives back what was taken. */
  release(): void;
}

/** How many bytes of request bodies may be held at once, over all requests. */
export class BodyMemory {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Bytes count as they come, not as they are declared: a client that sends nothing takes nothing from others. */
  share(): BodyShare {
    let held = 0;
    return {
      take: (bytes) => {
        if (bytes > this.#free) return false;
        this.#free -= bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.#free += held;
        held = 0;
      },
    };
  }
}
