import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

/** The highest value of Linux's `oom_score_adj`. */
const FIRST_TO_GO = "1000";

/**
 * The whole of a helper's process ({@link Helper}): call it once in its module. The jobs are done in a thread of their own, so that the
 * process ends with its parent even where a job never gives control back.
 *
 * @param module - the module's `import.meta.url`
 * @param load - gives the function that does a job; called in the thread, as soon as it has started. A throw of either ends the process
 * @param stackMib - stack of the thread, native code's included. Memory is only taken for what is used of it. @default 4
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says what its parent sends
export function answerJobs<Job>(
  module: string,
  load: () => Promise<(job: Job) => unknown>,
  stackMib?: number,
): void {
  if (!isMainThread) {
    const loaded = load();
    parentPort?.on("message", (job: Job) => {
      void loaded.then((answer) => answer(job)).then((answered) => parentPort?.postMessage(answered));
    });
    return;
  }
  // nobody else should be ended for this process's hunger
  if (process.platform === "linux")
    // eslint-disable-next-line no-restricted-syntax -- the kernel's file, which nobody can replace by a link
    void writeFile("/proc/self/oom_score_adj", FIRST_TO_GO).catch(() => undefined);
  const resourceLimits = stackMib === undefined ? {} : { stackSizeMb: stackMib };
  const thread = new Worker(fileURLToPath(module), { resourceLimits });
  thread.on("message", (answered) => process.send?.(answered));
  // a job threw, or filled the heap: so does this thread, which ends the process
  thread.on("error", (error) => {
    throw error;
  });
  process.on("message", (job) => thread.postMessage(job));
  // an orderly end would wait for the thread
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  // Ctrl-C in a terminal reaches every process of the group; the parent decides when this one ends
  process.on("SIGINT", () => undefined);
}
