import type { BuildOptions, EngineDevices } from "../protocol.js";
import { EngineProcess } from "./engine-process.js";

/**
 * How long a build may take to load and to name its devices, in ms. Without a model that takes 0.3 s; a GPU's driver that sleeps, or
 * compiles, takes seconds.
 */
const DEADLINE_MS = 30_000;

/** How {@link askDevices} asks. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** In ms. @default DEADLINE_MS */
  readonly deadlineMs?: number;
}

/**
 * Loads a build in a process of its own, and asks what it computes on. A build that crashes takes only that process with it.
 *
 * @returns its devices, or why it can't be loaded, as a clause
 * @throws `signal.reason` once aborted
 */
export async function askDevices(
  build: BuildOptions,
  { signal, deadlineMs = DEADLINE_MS }: AskOptions = {},
): Promise<EngineDevices | string> {
  signal?.throwIfAborted();
  let stop: () => void = () => undefined;
  let child: EngineProcess | undefined;
  try {
    return await new Promise<EngineDevices | string>((resolve, reject) => {
      child = new EngineProcess(
        (message) => {
          if (message.type === "devices") resolve(message.devices);
          if (message.type === "failed") resolve(message.message);
        },
        ({ reason }) => resolve(reason.replace(/^The engine/u, "its").replace(/\.$/u, "")),
      );
      const timer = setTimeout(() => resolve(`it didn't answer within ${deadlineMs / 1000} s`), deadlineMs);
      const abort = () => reject(signal?.reason as Error);
      signal?.addEventListener("abort", abort);
      stop = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      child.send({ type: "devices", ...build });
    });
  } finally {
    stop();
    await child?.kill();
  }
}
