import type { ModelEntry } from "../catalogue/index.js";
import { SourceError } from "../errors.js";
import { DOWNLOAD_LIMITS } from "./fetch-job.js";

/**
 * How long the hub may take to answer, in ms, redirects and a proxy's tunnel included: a user waits at a terminal for the first answer,
 * and a network that can carry hundreds of megabytes answers a question in a second or two.
 */
const ANSWER_MS = 4_000;

/** Options of {@link hubProblem}. */
export interface HubQuestion {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** @default ANSWER_MS */
  readonly answerMs?: number;
}

/**
 * Asks the hub, or the mirror in `HF_ENDPOINT`, whether it has a model's file, and whether it's the catalogue's. Nothing is downloaded.
 *
 * @returns undefined if it does; otherwise why not, with the hub's address, as the end of a sentence
 * @throws `signal.reason` if aborted
 */
export async function hubProblem(
  entry: ModelEntry,
  { env, signal, answerMs = ANSWER_MS }: HubQuestion,
): Promise<string | undefined> {
  const source = entry.sources.find((each) => each.kind === "hugging-face");
  if (source === undefined) return "it is on no hub";
  // the modules that talk to the hub take a while to load, and are rarely needed
  const [{ askHub }, { hubEndpoint }] = await Promise.all([
    import("./hub-file.js"),
    import("./hugging-face.js"),
  ]);
  const late = AbortSignal.timeout(answerMs);
  const limits = { ...DOWNLOAD_LIMITS, retries: 0 };
  const from = hubEndpoint(env);
  try {
    const { sha256 } = await askHub(source, { env, limits, signal: AbortSignal.any([signal, late]) });
    return entry.sha256 === undefined || entry.sha256 === sha256 ? undefined : `${from} has another file`;
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return `${from} didn't answer within ${answerMs / 1000} s`;
    if (error instanceof SourceError) return `${from} ${error.message}`;
    throw error;
  }
}
