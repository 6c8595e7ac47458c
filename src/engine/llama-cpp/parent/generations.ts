import { timerMs } from "../../../platform/index.js";
import type { Token } from "../../engine.js";
import { EngineBusyError, EngineTimeoutError, PromptTooLongError } from "../../errors.js";
import type { FromChild, GenerateParams, ToChild } from "../protocol.js";
import { TokenStream } from "./token-stream.js";

type Refused = Extract<FromChild, { type: "refused" }>;
type TooSlow = Extract<FromChild, { type: "too-slow" }>;
type Busy = Extract<FromChild, { type: "busy" }>;

/** A generation, from its request until its sequence is free again. */
interface Running {
  readonly accept: (promptTokens: number) => void;
  readonly fail: (error: unknown) => void;
  readonly settle: () => void;
  readonly stream: () => TokenStream | undefined;
}

export interface GenerationsOptions {
  /** How many may run at once. */
  readonly sequences: number;
  readonly send: (message: ToChild) => void;
  /** Called when the number of generations changes. */
  readonly onChange: () => void;
  /** Time limit for one generation, in milliseconds. */
  readonly limitMs: number;
}

/** The generations of one engine process. Their ids are those in its messages. */
export class Generations {
  readonly #options: GenerationsOptions;
  readonly #running = new Map<number, Running>();

  constructor(options: GenerationsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  /**
   * Starts a generation.
   *
   * @param onFree - called once when its sequence is free again, however the generation ends
   * @throws {EngineBusyError} all sequences are busy.
   */
  start(
    id: number,
    params: GenerateParams,
    signal: AbortSignal | undefined,
    onFree: () => void,
  ): Promise<TokenStream> {
    const { sequences, send, onChange, limitMs } = this.#options;
    if (this.#running.size >= sequences) {
      onFree();
      return Promise.reject(new EngineBusyError("All sequences are busy."));
    }
    return new Promise((resolve, reject) => {
      let stream: TokenStream | undefined;
      const end = (error: unknown) => {
        send({ type: "abort", id });
        running.fail(error);
      };
      const onAbort = () => end(signal?.reason);
      const timer = setTimeout(() => end(new EngineTimeoutError(limitMs)), timerMs(limitMs));
      const running: Running = {
        stream: () => stream,
        accept: (promptTokens) => {
          stream = new TokenStream(promptTokens, {
            pause: () => send({ type: "pause", id }),
            resume: () => send({ type: "resume", id }),
            cancel: () => send({ type: "abort", id }),
          });
          resolve(stream);
        },
        fail: (error) => {
          if (stream) stream.fail(error);
          else reject(error);
        },
        settle: () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
          this.#running.delete(id);
          onChange();
          onFree();
        },
      };
      this.#running.set(id, running);
      onChange();
      send({ type: "generate", id, ...params });
      signal?.addEventListener("abort", onAbort);
      if (signal?.aborted) onAbort();
    });
  }

  /** The process has taken the request. */
  accepted(id: number, promptTokens: number): void {
    this.#running.get(id)?.accept(promptTokens);
  }

  /** The process has refused the request: its prompt is too long, or would take too long, or no sequence is long enough and free. */
  refused(message: Refused | TooSlow | Busy): void {
    const { type, id } = message;
    this.ended(
      id,
      type === "refused" ? tooLong(message) : type === "busy" ? busy(message) : tooSlow(message),
    );
  }

  push(id: number, token: Token): void {
    const running = this.#running.get(id);
    running?.stream()?.push(token);
    // the process frees the sequence before it sends the last token, so the next request can start at once
    if (token.stopReason !== null) running?.settle();
  }

  /** The generation has ended and its sequence is free. @param error - why it failed, if it did */
  ended(id: number, error?: Error): void {
    const running = this.#running.get(id);
    if (error) running?.fail(error);
    running?.settle();
  }

  /** The process is gone. */
  failAll(error: Error): void {
    for (const id of [...this.#running.keys()]) this.ended(id, error);
  }
}

function tooLong({ promptTokens, contextLimit }: Refused): PromptTooLongError {
  return new PromptTooLongError(promptTokens, contextLimit);
}

function busy({ tokens }: Busy): EngineBusyError {
  return new EngineBusyError(
    `Prompt and answer may take ${tokens} tokens, and the sequences that hold so many are busy; the others hold half of the context, because memory is short. A smaller maximum of tokens, --context-size or --sequences helps.`,
  );
}

function tooSlow({ promptTokens, estimateMs, tokensPerSecond }: TooSlow): EngineBusyError {
  const seconds = Math.round(estimateMs / 1000);
  const rate = tokensPerSecond >= 10 ? Math.round(tokensPerSecond) : tokensPerSecond.toFixed(1);
  return new EngineBusyError(
    `The first token would take about ${seconds} s, longer than callers wait: the prompt has ${promptTokens} tokens, this machine evaluates ${rate} a second, and other prompts may be ahead.`,
  );
}
