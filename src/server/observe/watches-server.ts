const WATCHING: ReadonlySet<string> = new Set(["Health", "Live", "Ready", "Metrics"]);

/** Whether an operation is one that programs ask for again and again, to watch the server. */
export function watchesServer(operation: string): boolean {
  return WATCHING.has(operation);
}
