import type { CriaServer, ServeOptions } from "../server/index.js";
import { notify } from "./output.js";

/** How a command starts a server. */
export interface StartOptions {
  /** Stops waiting for the model. */
  readonly signal: AbortSignal;
  /** Called with notices about downloads. @default writes them to stderr */
  readonly onNotice?: (line: string) => void;
  /** Other slow work to do while the model loads. @default nothing */
  readonly meanwhile?: () => Promise<unknown>;
}

/** Starts a server and waits until its model is ready. If that fails or is interrupted, the server is closed again. */
export async function startServer(
  options: ServeOptions,
  { signal, onNotice = notify, meanwhile = () => Promise.resolve() }: StartOptions,
): Promise<CriaServer> {
  const [{ serve }, { showProgress }] = await Promise.all([
    import("../server/index.js"),
    import("./progress.js"),
  ]);
  const server = await serve({ onProgress: showProgress(onNotice), ...options, signal });
  try {
    await Promise.all([server.ready(), meanwhile()]);
    return server;
  } catch (error) {
    await server.close({ graceMs: 0 });
    throw error;
  }
}
