import type { Logger } from "pino";

import { timerMs } from "../../platform/index.js";
import { MissingPackagesError } from "../errors.js";
import { criaVersion, type RequestTracer } from "../observe/index.js";
import { RequestSpan } from "./request-span.js";
import { ToldExporter } from "./told-exporter.js";

/** What {@link startTraces} takes. */
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
  /** Sends what is left, for {@link FLUSH_MS} at most. Never throws. */
  close(): Promise<void>;
}

/** How long a server that closes waits for its collector. */
const FLUSH_MS = 2_000;

/** Characters of an attribute: enough for any ARN. Longer texts are cut, where the environment sets no limit of its own. */
const MAX_ATTRIBUTE = 2_048;

/** What isn't among Cria's own dependencies: 18 MB that only those need who collect traces. */
const PACKAGES = [
  "@opentelemetry/api@1",
  "@opentelemetry/resources@2",
  "@opentelemetry/sdk-trace-base@2",
  "@opentelemetry/exporter-trace-otlp-http@0.223",
];

/**
 * Prepares to send traces. OpenTelemetry's own variables say the rest: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_*,
 * OTEL_EXPORTER_OTLP_HEADERS and the like.
 *
 * @throws {MissingPackagesError} OpenTelemetry's packages aren't installed.
 */
export async function startTraces({ endpoint, host, logger }: TracesSettings): Promise<Traces> {
  const { api, resources, sdk, otlp } = await loadPackages();
  const exporter = new ToldExporter(
    new otlp.OTLPTraceExporter(endpoint === undefined ? {} : { url: tracesUrl(endpoint) }),
    logger,
  );
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ "service.name": "cria", "service.version": criaVersion() }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    ...(process.env["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"] === undefined && {
      generalLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE },
    }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("cria", criaVersion());
  return {
    tracer:
      (port) =>
      ({ requestId, protocol, method, trace }) => {
        const parent = trace
          ? api.trace.setSpanContext(api.ROOT_CONTEXT, {
              traceId: trace.traceId,
              spanId: trace.spanId,
              traceFlags: parseInt(trace.flags, 16),
              isRemote: true,
              ...(trace.state !== undefined && { traceState: api.createTraceState(trace.state) }),
            })
          : api.ROOT_CONTEXT;
        const attributes = {
          "server.address": host,
          "server.port": port,
          "http.request.method": method,
          "network.protocol.name": "http",
          "network.protocol.version": protocol === "HTTP/2" ? "2" : "1.1",
          "aws.request_id": requestId,
        };
        const span = tracer.startSpan(method, { kind: api.SpanKind.SERVER, attributes }, parent);
        const { traceId, spanId, traceFlags, traceState } = span.spanContext();
        const state = traceState?.serialize();
        const flags = traceFlags.toString(16).padStart(2, "0");
        const request = new RequestSpan(span);
        return {
          trace: { traceId, spanId, flags, ...(state !== undefined && state !== "" && { state }) },
          onEvent: (event) => request.note(event),
        };
      },
    async close() {
      const timer = setTimeout(() => exporter.giveUp(), timerMs(FLUSH_MS));
      // the exporter has logged what is wrong
      await provider.shutdown().catch(() => undefined);
      clearTimeout(timer);
    },
  };
}

async function loadPackages() {
  try {
    const [api, resources, sdk, otlp] = await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/sdk-trace-base"),
      import("@opentelemetry/exporter-trace-otlp-http"),
    ]);
    return { api, resources, sdk, otlp };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new MissingPackagesError(PACKAGES, { cause: error });
  }
}

/** The collector's path for traces, as OTEL_EXPORTER_OTLP_ENDPOINT is read too. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith("/v1/traces")) url.pathname = `${url.pathname.replace(/\/$/u, "")}/v1/traces`;
  return url.href;
}
