import type { ServerLimits } from "../server/index.js";
import type { LimitOptions } from "./commands/limit-options.js";

/** The options of a command as `serve()` takes them. */
export function limitSettings(options: LimitOptions): { readonly limits: Partial<ServerLimits> } {
  return {
    limits: {
      connections: options.maxConnections,
      requests: options.maxRequests,
      headerBytes: options.maxHeaderBytes,
      idleMs: options.idleTimeout * 1000,
      headersMs: options.headerTimeout * 1000,
      requestMs: options.requestTimeout * 1000,
    },
  };
}
