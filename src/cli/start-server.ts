import type { CriaServer, ServeOptions } from "../server/index.js";
import { tell } from "./output.js";

/** How a command starts a server. */
export interface StartOptions {
  /** Gives up waiting for the model. */
  readonly signal: AbortSignal;
  /** Takes what a person should know. @default to stderr */
  readonly notify?: (line: string) => void;
  /** What else takes time, to be done while the model loads. @default nothing */
  readonly meanwhile?: () => Promise<unknown>;
}

/** Starts a server of ours and waits until its model is ready; closes it again if that fails or is interrupted. */
export async function startServer(
  options: ServeOptions,
  { signal, notify = tell, meanwhile = () => Promise.resolve() }: StartOptions,
): Promise<CriaServer> {
  const [{ serve }, { showProgress }] = await Promise.all([
    import("../server/index.js"),
    import("./progress.js"),
  ]);
  const server = await serve({ onProgress: showProgress(notify), ...options, signal });
  try {
    await Promise.all([server.ready(), meanwhile()]);
    return server;
  } catch (error) {
    await server.close({ graceMs: 0 });
    throw error;
  }
}
