import { createTraceState, ROOT_CONTEXT, SpanKind, trace as traces } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

import { serverUrlProblem, timerMs } from "../../platform/index.js";
import { criaVersion } from "../observe/index.js";
import { RequestSpan } from "./request-span.js";
import type { Traces, TracesSettings } from "./traces.js";
import { ToldExporter } from "./told-exporter.js";

/** How long a server that closes waits for its collector. */
const FLUSH_MS = 2_000;

/** Characters of an attribute: enough for any ARN. Longer texts are cut, where the environment sets no limit of its own. */
const MAX_ATTRIBUTE = 2_048;

/**
 * Prepares to send traces. OpenTelemetry's own variables say the rest: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_*,
 * OTEL_EXPORTER_OTLP_HEADERS and the like.
 *
 * @throws {TypeError} the endpoint isn't a URL.
 */
export function sendTraces({ endpoint, host, logger }: TracesSettings): Traces {
  const exporter = new ToldExporter(
    new OTLPTraceExporter(endpoint === undefined ? {} : { url: tracesUrl(endpoint) }),
    logger,
  );
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "cria", "service.version": criaVersion() }))
      .merge(detectResources({ detectors: [envDetector] })),
    ...(process.env["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"] === undefined && {
      generalLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE },
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("cria", criaVersion());
  return {
    tracer:
      (port) =>
      ({ requestId, protocol, method, trace }) => {
        const parent = trace
          ? traces.setSpanContext(ROOT_CONTEXT, {
              traceId: trace.traceId,
              spanId: trace.spanId,
              traceFlags: parseInt(trace.flags, 16),
              isRemote: true,
              ...(trace.state !== undefined && { traceState: createTraceState(trace.state) }),
            })
          : ROOT_CONTEXT;
        const attributes = {
          "server.address": host,
          "server.port": port,
          "http.request.method": method,
          "network.protocol.name": "http",
          "network.protocol.version": protocol === "HTTP/2" ? "2" : "1.1",
          "aws.request_id": requestId,
        };
        const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
        const { traceId, spanId, traceFlags, traceState } = span.spanContext();
        const state = traceState?.serialize();
        const flags = traceFlags.toString(16).padStart(2, "0");
        const request = new RequestSpan(span);
        return {
          trace: { traceId, spanId, flags, ...(state !== undefined && state !== "" && { state }) },
          onEvent: (event) => request.note(event),
        };
      },
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          exporter.giveUp();
          resolve();
        }, timerMs(FLUSH_MS));
        const settle = () => {
          clearTimeout(timer);
          resolve();
        };
        // the exporter has logged what is wrong
        provider.shutdown().then(settle, settle);
      }),
  };
}

/**
 * The collector's path for traces, as OTEL_EXPORTER_OTLP_ENDPOINT is read too.
 *
 * @throws {TypeError} the endpoint isn't a URL.
 */
export function tracesUrl(endpoint: string): string {
  if (serverUrlProblem(endpoint) !== undefined)
    throw new TypeError(
      "`traces.endpoint` must be a URL such as http://localhost:4318, without a user, a key, a `?` or a `#`.",
    );
  const url = new URL(endpoint);
  if (!url.pathname.endsWith("/v1/traces")) url.pathname = `${url.pathname.replace(/\/$/u, "")}/v1/traces`;
  return url.href;
}
