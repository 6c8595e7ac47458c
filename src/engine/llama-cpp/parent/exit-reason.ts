/** What is known of a process that ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it couldn't be started. */
  readonly error?: Error | undefined;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** How a native library says why it gives up: ggml's assertions, the C and C++ runtimes. */
const LAST_WORDS = /GGML_ASSERT|assert|terminate called|what\(\):|error|fatal/iu;

/** One or two sentences for a person. */
export function describeExit({ code, signal, error, stderr }: ProcessExit): string {
  const how = error ? error.message : signal ? `signal ${signal}` : `exit code ${code ?? "unknown"}`;
  const lines = stderr.trim().split("\n");
  // what follows an assertion is a list of addresses
  const last = lines.findLast((line) => LAST_WORDS.test(line)) ?? lines.at(-1);
  if (last) return `The engine process ended (${how}): ${last.trim()}`;
  if (signal !== "SIGKILL") return `The engine process ended (${how}).`;
  return `The engine process ended (${how}). Perhaps the operating system ended it because memory ran out: a smaller model, context or number of sequences takes less.`;
}
