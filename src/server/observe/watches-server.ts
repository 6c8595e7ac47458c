/** The operation of a browser's preflight, as the log, the metrics and the spans call it. */
export const PREFLIGHT = "Preflight";

const WATCHING: ReadonlySet<string> = new Set(["Health", "Live", "Ready", "Metrics"]);

/** Whether an operation is one that programs ask for again and again, to watch the server. */
export function watchesServer(operation: string): boolean {
  return WATCHING.has(operation);
}
