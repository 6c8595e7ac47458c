import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "pino";

type ExportResult = Parameters<Parameters<SpanExporter["export"]>[1]>[0];

/** Sends spans, and logs once that they can't be sent, and once that they are sent again: OpenTelemetry's own exporter says nothing. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #logger: Logger;
  readonly #waiting = new Set<(result: ExportResult) => void>();
  #failing = false;

  constructor(exporter: SpanExporter, logger: Logger) {
    this.#exporter = exporter;
    this.#logger = logger;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#waiting.add(done);
    this.#exporter.export(spans, (result) => {
      this.#tell(result);
      this.#settle(done, result);
    });
  }

  /** Whoever waits for an export waits no longer. */
  giveUp(): void {
    for (const done of this.#waiting) this.#settle(done, { code: FAILED });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #settle(done: (result: ExportResult) => void, result: ExportResult): void {
    if (this.#waiting.delete(done)) done(result);
  }

  #tell({ code, error }: ExportResult): void {
    const failing = code === FAILED;
    if (failing === this.#failing) return;
    this.#failing = failing;
    if (failing) this.#logger.warn({ reason: error?.message }, "traces can't be sent, and are dropped meanwhile");
    else this.#logger.info("traces are sent again");
  }
}

/** `ExportResultCode.FAILED`: its package is loaded on demand. */
const FAILED = 1;
