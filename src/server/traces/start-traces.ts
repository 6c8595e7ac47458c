import { MissingPackagesError } from "../errors.js";
import type { Traces, TracesSettings } from "./traces.js";

/** What isn't among Cria's own dependencies: 18 MB that only those need who collect traces (docs/decisions/0021-metrics-and-traces.md). */
const PACKAGES = [
  "@opentelemetry/api@1",
  "@opentelemetry/resources@2",
  "@opentelemetry/sdk-trace-base@2",
  "@opentelemetry/exporter-trace-otlp-http@0.223",
];

/**
 * Begins to send traces.
 *
 * @throws {MissingPackagesError} OpenTelemetry's packages aren't installed.
 * @throws {TypeError} the endpoint isn't a URL.
 */
export async function startTraces(settings: TracesSettings): Promise<Traces> {
  const { sendTraces } = await loadTraces();
  return sendTraces(settings);
}

/**
 * Checks what traces need, without beginning.
 *
 * @throws what {@link startTraces} throws.
 */
export async function checkTraces({ endpoint }: Partial<Pick<TracesSettings, "endpoint">>): Promise<void> {
  const { tracesUrl } = await loadTraces();
  if (endpoint !== undefined) tracesUrl(endpoint);
}

async function loadTraces(): Promise<typeof import("./send-traces.js")> {
  return import("./send-traces.js").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new MissingPackagesError(PACKAGES, { cause: error });
  });
}
