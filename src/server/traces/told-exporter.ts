import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "pino";

type ExportResult = Parameters<Parameters<SpanExporter["export"]>[1]>[0];

/**
 * `ExportResultCode`'s values. Its package, `@opentelemetry/core`, comes with those that are imported here; it would be one more for
 * people to install by name.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum can't be imported, see above
const [SENT, FAILED]: readonly [ExportResult["code"], ExportResult["code"]] = [0, 1];

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
    const result = { code: FAILED, error: new Error("The collector didn't answer in time.") };
    if (this.#waiting.size > 0) this.#tell(result);
    for (const done of this.#waiting) this.#settle(done, result);
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #settle(done: (result: ExportResult) => void, result: ExportResult): void {
    if (this.#waiting.delete(done)) done(result);
  }

  #tell({ code, error }: ExportResult): void {
    const failing = code !== SENT;
    if (failing === this.#failing) return;
    this.#failing = failing;
    if (failing)
      this.#logger.warn({ reason: error?.message }, "traces can't be sent, and are dropped meanwhile");
    else this.#logger.info("traces are sent again");
  }
}
