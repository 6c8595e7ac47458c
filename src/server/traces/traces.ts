import type { Logger } from "pino";

import type { RequestTracer } from "../observe/index.js";

/** What traces need. */
export interface TracesSettings {
  /** The collector's URL; undefined for the environment's. */
  readonly endpoint: string | undefined;
  /** The host that the server listens on. */
  readonly host: string;
  readonly logger: Logger;
}

/** Sends a span for each request. */
export interface Traces {
  /** @param port - that the server listens on */
  tracer(port: number): RequestTracer;
  /** Sends what is left, but doesn't wait for a collector that is slow. Never throws. */
  close(): Promise<void>;
}
