import { createRequire } from "node:module";

import { Helper, HelperBusyError, HelperEndedError } from "../../../platform/index.js";
import {
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  TextNotTokenizedError,
} from "../../errors.js";
import { TOKENIZER_STACK_MIB, type TokenizeJob, type Tokenized } from "../protocol.js";
import { tokenizerEnvironment } from "./child-process.js";

/**
 * Milliseconds that counting a text may take. The longest that fits into a body takes 10 to 36 s (by the measured speed); boto3 gives up
 * after 60 s, of which up to 20 may be spent in waiting. For some runs llama.cpp's time grows with the square of the length: 300,000 tabs
 * took 32 s with Llama 2's vocabulary.
 */
export const COUNT_MS = 40_000;

/**
 * The same for a prompt, which has a sequence meanwhile that others wait for. One that fits into 131,072 tokens is tokenized within a second
 * (half a second per megabyte, measured), unless it is made to take longer.
 */
export const PROMPT_MS = 10_000;

/** After so many milliseconds without a long text the process ends: its start takes 0.3 to 1 s, the vocabulary 50 to 150 MB. */
const IDLE_MS = 60_000;

/**
 * Texts that are tokenized or wait for it, in UTF-16 units all together: one as long as the longest body, or several that are
 * tokenized within about the 20 s that a request may wait.
 */
const MAX_PENDING_LENGTH = 26_000_000;

/** How long a caller waits. */
export interface LongTextOptions {
  /** When the wait for its turn ends at the latest, in ms since 1970. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** Tokenizes long texts in a process that has the model's vocabulary alone. */
export class LongTexts {
  readonly #process: Helper<TokenizeJob, Tokenized>;
  readonly #withinMs: number;
  #pendingLength = 0;
  #closed = false;

  /** @param withinMs - how long one text may take, in milliseconds */
  constructor(withinMs: number) {
    this.#withinMs = withinMs;
    this.#process = new Helper({
      // tokenizer.ts as it was built
      file: () => createRequire(import.meta.url).resolve("#tokenizer-process"),
      env: tokenizerEnvironment,
      deadlineMs: withinMs,
      idleMs: IDLE_MS,
    });
  }

  /** The id of the process, if there is one. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * @returns the number of tokens, and the tokens if there are at most `job.maxTokens`
   * @throws {EngineBusyError} too much text waits already, or for too long.
   * @throws {TextNotTokenizedError} the tokenizer can't take this text.
   * @throws {EngineUnavailableError} the process was ended from outside.
   * @throws {EngineStoppedError} the vocabulary can't be loaded any more, or the engine is closed.
   * @throws `signal.reason` once aborted.
   */
  async tokenize(
    job: TokenizeJob,
    { deadline, signal }: LongTextOptions,
  ): Promise<Exclude<Tokenized, { failed: string }>> {
    const { length } = job.text;
    if (this.#pendingLength > 0 && this.#pendingLength + length > MAX_PENDING_LENGTH) {
      throw new EngineBusyError("Other long texts are being tokenized.");
    }
    this.#pendingLength += length;
    try {
      const answer = await this.#process.ask(job, { turnBy: deadline, signal });
      if ("failed" in answer) throw new EngineStoppedError(`${answer.failed}.`);
      return answer;
    } catch (error) {
      if (this.#closed) throw new EngineStoppedError("The engine is closed.", { cause: error });
      throw this.#explain(error);
    } finally {
      this.#pendingLength -= length;
    }
  }

  /** Ends the process. Resolves once it's gone. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#process.close();
  }

  #explain(error: unknown): unknown {
    const options = { cause: error };
    if (error instanceof HelperBusyError) {
      return new EngineBusyError("Other long texts are being tokenized.", options);
    }
    if (!(error instanceof HelperEndedError)) return error;
    if (error.why === "killed") {
      return new EngineUnavailableError(
        "The tokenizer's process was ended. It is being restarted.",
        false,
        options,
      );
    }
    const limit = error.why === "late" ? `${this.#withinMs / 1000} s` : `${TOKENIZER_STACK_MIB} MiB of stack`;
    return new TextNotTokenizedError(limit, options);
  }
}
