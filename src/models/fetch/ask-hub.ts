import { defaultModel } from "../catalogue/index.js";
import { hubEndpoint, huggingFaceUrl } from "./hugging-face.js";
import { httpGet } from "./http-get.js";

/** What the hub answered. */
export interface HubAnswer {
  /** Its URL, or that of the mirror in `HF_ENDPOINT`. May hold a password. */
  readonly endpoint: string;
  /** The HTTP status for the default model's file, after redirects; undefined if there was no answer. */
  readonly status: number | undefined;
  /** Why there was none. */
  readonly error: string | undefined;
}

/**
 * Asks the hub for the default model's file, as a download would, without downloading it.
 *
 * @param deadlineMs - how long to wait
 */
export async function askHub(env: NodeJS.ProcessEnv, deadlineMs: number): Promise<HubAnswer> {
  const endpoint = hubEndpoint(env);
  const source = defaultModel.sources.find((each) => each.kind === "hugging-face");
  try {
    const response = await httpGet({
      url: source === undefined ? endpoint : huggingFaceUrl(source, env),
      method: "HEAD",
      headers: {},
      limits: { connectMs: deadlineMs, idleMs: deadlineMs },
      signal: AbortSignal.timeout(deadlineMs),
    });
    response.destroy();
    return { endpoint, status: response.statusCode, error: undefined };
  } catch (error) {
    return { endpoint, status: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}
