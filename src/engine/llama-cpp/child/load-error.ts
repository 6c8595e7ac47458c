import { setTimeout as sleep } from "node:timers/promises";

import type { LoadFailure } from "../protocol.js";

/** Why llama.cpp or a model can't be loaded. The message is a clause, or two, for the middle of a sentence. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  constructor(
    readonly what: LoadFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** llama.cpp's log lines arrive later than what they describe, through Node's event loop. */
const LOG_DELAY_MS = 100;

/** Lines kept while loading: the reason of a failure is among the last ones. */
const KEPT_LINES = 100;

/** Levels that are passed on. The others are only searched for the reason of a failure. */
const PASSED_ON: ReadonlySet<string> = new Set(["fatal", "error", "warn"]);

/** Keeps the end of llama.cpp's log until the model is loaded, and passes on what is important. */
export class LogTail {
  readonly #lines: string[] = [];
  #open = true;

  constructor(readonly onLog: (level: string, message: string) => void) {}

  readonly add = (level: string, message: string): void => {
    if (PASSED_ON.has(level)) this.onLog(level, message);
    if (this.#open && this.#lines.push(message.trim()) > KEPT_LINES) this.#lines.shift();
  };

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Keeps no more lines. */
  close(): void {
    this.#open = false;
  }
}

/**
 * The lines with which llama.cpp gives the reason, the most telling first. They are found by their words, since the level with which they
 * arrive isn't the same in every build, and only the general "failed to load model" is certain to be an error.
 */
const REASONS: readonly (readonly [RegExp, LoadFailure])[] = [
  [/no backends are loaded/u, "engine"],
  [/[KV] cache type .* does not divide .*/u, "kv-cache"],
  [
    /(?:failed|unable) to allocate .*|out of (?:device |host )?memory.*|cannot allocate memory.*|OutOf(?:Device|Host)Memory.*/iu,
    "memory",
  ],
  // gguf.cpp, on a file that ends in its header
  [/exceeds remaining file size.*/u, "model"],
  [/error loading model: (?!llama_model_loader: failed to load model)(.*)/u, "model"],
  [/gguf_init\w*: (.*)/u, "model"],
  [/error loading model[^:]*: (.*)/u, "model"],
];

/** Explains why a model can't be loaded, from llama.cpp's log, once that has arrived. @param otherwise - if the log doesn't say */
export async function explainModel(log: LogTail, otherwise: string): Promise<LoadError> {
  await sleep(LOG_DELAY_MS);
  return reasonIn([...log.lines, otherwise], otherwise);
}

/** Finds the reason in llama.cpp's log. */
export function reasonIn(lines: readonly string[], otherwise: string): LoadError {
  for (const [pattern, what] of REASONS) {
    const line = lines.find((each) => pattern.test(each));
    if (line === undefined) continue;
    return new LoadError(what, describe(line, pattern));
  }
  return new LoadError("model", otherwise.replace(/[.\s]+$/u, ""));
}

function describe(line: string, pattern: RegExp): string {
  const reason = (pattern.exec(line)?.[1] ?? line).trim().replace(/[.\s]+$/u, "");
  if (/not within the file bounds|exceeds remaining file size|reached end of file/u.test(line)) {
    return `the file is cut off before its end, or damaged (llama.cpp says: ${reason})`;
  }
  const architecture = /unknown model architecture: '([^']*)'/u.exec(line)?.[1];
  if (architecture !== undefined) {
    return `its architecture, "${architecture}", is unknown to this version of llama.cpp, or the file is damaged (${reason})`;
  }
  return reason;
}
