import type { Generation, Token } from "../../engine/index.js";
import { encodeMessage } from "../../event-stream/index.js";

/** The event's type, which no SDK knows: JavaScript and Python pass over it, the others give their value for unknown events. */
const EVENT_TYPE = "criaKeepAlive";

const header = (value: string) => ({ type: "string", value }) as const;

/** One frame is like the other. */
const FRAME = encodeMessage({
  headers: new Map([
    [":event-type", header(EVENT_TYPE)],
    [":content-type", header("application/json")],
    [":message-type", header("event")],
  ]),
  body: new TextEncoder().encode("{}"),
});

/** A generation whose first token is awaited already. */
export interface Begun {
  /** A frame whenever there was nothing for so long, until the first token is there, or the failure in its place. */
  readonly frames: AsyncIterable<Uint8Array>;
  /** The same generation, for whoever iterates it then. */
  readonly generation: Generation;
}

/**
 * Begins a generation whose prompt may take long to evaluate. Not all SDKs wait for ever: Java's gives up after 30 s without a byte and
 * sends the request again, so the machine would do the same work twice. Any frame keeps it waiting; measured for 40 s and one every
 * 8 s with each SDK.
 *
 * @param silenceMs - after so long without a frame there is one
 */
export function keepWaiting(generation: Generation, silenceMs: number): Begun {
  const iterator = generation[Symbol.asyncIterator]();
  const first = iterator.next();
  // whoever iterates gets the error
  first.catch(() => undefined);
  let next: Promise<IteratorResult<Token>> | undefined = first;
  // no generator around it: that would cost each token something
  const rest: AsyncIterator<Token> = {
    next: () => {
      const result = next ?? iterator.next();
      next = undefined;
      return result;
    },
    return: () => iterator.return?.() ?? Promise.resolve({ done: true, value: undefined }),
  };
  return {
    frames: framesUntil(first, silenceMs),
    generation: { promptTokens: generation.promptTokens, [Symbol.asyncIterator]: () => rest },
  };
}

async function* framesUntil(
  first: Promise<unknown>,
  silenceMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  while (!(await settles(first, silenceMs))) yield FRAME;
}

/** Whether it's over within so long. */
function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const settled = () => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
