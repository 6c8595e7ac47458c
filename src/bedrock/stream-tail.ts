import { MessageDecoder } from "../event-stream/index.js";
import { decodeBase64 } from "./base64.js";
import { INVOCATION_METRICS_KEY } from "./native/index.js";

/** The tokens of an answer, as its stream tells them. */
export interface StreamUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Bytes of a message's length, which comes first. */
const LENGTH_BYTES = 4;

/** The least and the most bytes of a message; with another length, what comes is no event stream. */
const LEAST_BYTES = 16;
const MOST_BYTES = 25 * 1024 * 1024;

/**
 * Watches a stream of frames go by, whole or in pieces. It decodes nothing but the last frame, at the end, which tells the tokens of the answer:
 * the metrics in InvokeModelWithResponseStream's last chunk, or ConverseStream's `metadata`.
 */
export class StreamTail {
  /** The pieces of the last frame so far. */
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** The bytes of that frame; undefined until its length has come. */
  #length: number | undefined;
  #isStream = true;

  /** Whether a frame has begun and isn't complete. */
  get isWithinFrame(): boolean {
    return this.#isStream && this.#held > 0 && this.#held !== this.#length;
  }

  /** @param bytes - the next ones; they are kept as they are until the frame after theirs begins */
  push(bytes: Uint8Array): void {
    let rest = bytes;
    while (this.#isStream && rest.length > 0) {
      if (this.#held === this.#length) this.#begin();
      const wanted = (this.#length ?? LENGTH_BYTES) - this.#held;
      const piece = rest.subarray(0, wanted);
      this.#pieces.push(piece);
      this.#held += piece.length;
      if (this.#length === undefined && this.#held === LENGTH_BYTES) this.#readLength();
      rest = rest.subarray(piece.length);
    }
  }

  /** The tokens that the last frame tells; undefined if it tells none. */
  usage(): StreamUsage | undefined {
    if (!this.#isStream || this.#held !== this.#length) return undefined;
    try {
      const decoder = new MessageDecoder();
      const [message] = this.#pieces.flatMap((piece) => decoder.push(piece));
      return message && usageIn(JSON.parse(utf8.decode(message.body)));
    } catch {
      // whoever reads the stream is told what is wrong with it
      return undefined;
    }
  }

  #begin(): void {
    this.#pieces = [];
    this.#held = 0;
    this.#length = undefined;
  }

  #readLength(): void {
    let length = 0;
    for (const piece of this.#pieces) for (const byte of piece) length = length * 256 + byte;
    this.#length = length;
    this.#isStream = length >= LEAST_BYTES && length <= MOST_BYTES;
    if (!this.#isStream) this.#pieces = [];
  }
}

const utf8 = new TextDecoder();

/** @param event - the JSON of a frame */
function usageIn(event: unknown): StreamUsage | undefined {
  const bytes = member(event, "bytes");
  const metrics =
    typeof bytes === "string"
      ? member(JSON.parse(utf8.decode(decodeBase64(bytes))), INVOCATION_METRICS_KEY)
      : undefined;
  const usage = member(event, "usage");
  const inputTokens = member(metrics, "inputTokenCount") ?? member(usage, "inputTokens");
  const outputTokens = member(metrics, "outputTokenCount") ?? member(usage, "outputTokens");
  if (typeof inputTokens !== "number" || typeof outputTokens !== "number") return undefined;
  return { inputTokens, outputTokens };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
