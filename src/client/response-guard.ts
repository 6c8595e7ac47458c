import { Readable } from "node:stream";

import { EVENT_STREAM_TYPE } from "../bedrock/index.js";
import { MessageDecoder } from "../event-stream/index.js";
import { EXCERPT_LENGTH } from "./chunk.js";
import { LlamaResponseError, StreamBrokenError } from "./errors.js";

/** The most bytes of an error's body that are read. Bedrock's have some hundred, the page of a proxy some thousand. */
const MAX_ERROR_BYTES = 64 * 1024;

/** How long an error's body may take to come, in ms. It comes with its head, unless it never ends. */
const ERROR_BODY_MS = 5_000;

/** The most bytes of a whole answer that are read. 2,048 tokens of 128 characters each have 1.6 MB, if JSON escapes all of them. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** The SDK's command and its response, which it types as `unknown`, as far as they are used here. */
interface Command {
  readonly middlewareStack: {
    add(middleware: (next: Handler) => Handler, options: object): void;
  };
}
type Handler = (args: unknown) => Promise<{ readonly response: HttpResponse }>;
interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: unknown;
}

/**
 * Bounds what is read of the response to a call, and says what is wrong with it. The SDK collects the body of an error however long it is,
 * waits for ever for one that is cut off on HTTP/2, allocates as many bytes as a frame claims to have, and throws whatever its code meets in
 * a damaged one.
 */
export class ResponseGuard {
  readonly #streams: boolean;
  #response: HttpResponse | undefined;
  #beginning = Buffer.alloc(0);

  /** @param streams - whether the command's answer is an event stream */
  constructor(command: object, { streams }: { readonly streams: boolean }) {
    this.#streams = streams;
    const { middlewareStack } = command as Command;
    middlewareStack.add(
      (next) => async (args) => {
        // there may be several attempts
        this.#response = undefined;
        this.#beginning = Buffer.alloc(0);
        const result = await next(args);
        this.#response = result.response;
        const { body } = result.response;
        if (body instanceof Readable) result.response.body = this.#guarded(result.response, body);
        return result;
      },
      // beside the SDK's handler of HTTP, before anything is read
      { step: "deserialize", priority: "low", name: "criaResponseGuard" },
    );
  }

  /**
   * What to throw instead of an error of the SDK's `send()`.
   *
   * @returns the error itself if it is an exception of Bedrock, or if there was no response; {@link StreamBrokenError} for a stream that is
   * damaged or cut; {@link LlamaResponseError} for anything else that Bedrock doesn't send
   */
  explain(error: unknown): unknown {
    if (this.#response === undefined || isKnown(error)) return error;
    const { statusCode, headers } = this.#response;
    const isStream = headers["content-type"]?.startsWith(EVENT_STREAM_TYPE) === true;
    if (isStream && !isError(this.#response)) return new StreamBrokenError(0, { cause: error });
    const excerpt = new TextDecoder().decode(this.#beginning).slice(0, EXCERPT_LENGTH);
    return new LlamaResponseError(`HTTP status ${statusCode}, ${JSON.stringify(excerpt)}`, { cause: error });
  }

  #guarded(response: HttpResponse, body: Readable): Readable {
    const pieces = this.#noted(body);
    if (isError(response)) {
      const timer = setTimeout(() => body.destroy(), ERROR_BODY_MS);
      body.once("close", () => clearTimeout(timer));
      return Readable.from(atMost(MAX_ERROR_BYTES, pieces));
    }
    return Readable.from(this.#streams ? ofFrames(pieces) : atMost(MAX_ANSWER_BYTES, pieces));
  }

  async *#noted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of body) {
      if (this.#beginning.length < EXCERPT_LENGTH)
        this.#beginning = Buffer.concat([this.#beginning, piece.subarray(0, EXCERPT_LENGTH)]);
      yield piece;
    }
  }
}

/** The beginning of a body, up to a number of bytes. */
async function* atMost(
  bytes: number,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > bytes) return;
    yield piece;
  }
}

/** The bytes of a stream, as they come, up to where they aren't those of frames. */
async function* ofFrames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new MessageDecoder();
  for await (const piece of pieces) {
    decoder.push(piece);
    yield piece;
  }
  decoder.finish();
}

function isError({ statusCode }: HttpResponse): boolean {
  return statusCode >= 300;
}

/** Whether an error is an exception of Bedrock, as the SDK throws it, or Cria's own. */
export function isKnown(error: unknown): boolean {
  return error instanceof LlamaResponseError || (error instanceof Error && "$fault" in error);
}
