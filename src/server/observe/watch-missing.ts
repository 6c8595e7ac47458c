import type { RequestWatcher } from "./events.js";

/** Reports each request for an operation of Bedrock's that Cria lacks. */
export function watchMissing(report: (operation: string) => void = () => undefined): RequestWatcher {
  return () => (event) => {
    if (event.type === "missing") report(event.operation);
  };
}
