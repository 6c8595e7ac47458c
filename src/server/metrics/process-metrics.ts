import { collectDefaultMetrics, Registry } from "prom-client";

let registry: Registry | undefined;

/**
 * The metrics of this process: memory, CPU, event loop, garbage collection. Servers in one process share them, since what measures the
 * event loop can't be ended.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
