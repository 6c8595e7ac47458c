/** A metric, as Prometheus gets it. */
export interface Definition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** The labels of OpenTelemetry's metrics, and Bedrock's name of the operation. */
const GEN_AI = [
  "gen_ai_operation_name",
  "gen_ai_provider_name",
  "gen_ai_request_model",
  "operation",
] as const;

/** Bounds for a wait in a queue: none is usual, and 20 s is the longest. */
const WAIT_BUCKETS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20];

/**
 * Every metric of a server; those of its process come from prom-client. OpenTelemetry's names and bounds where its conventions for
 * generative AI have a metric (`gen_ai_`), else names like vLLM's (`cria_`). docs/observability.md shows this table, and a test compares them.
 *
 * No value of a label is a caller's: `operation` is one of Bedrock's or of Cria's, or "unknown"; `model` is an id of the catalogue, the name of weights on
 * this machine, or "" where a request names none; `upstream` is a host of the configuration.
 */
export const definitions = {
  duration: {
    name: "gen_ai_server_request_duration_seconds",
    type: "histogram",
    help: "Time from a request that generates to the end of its response. error_type is the exception, or who aborted it, or empty.",
    labels: [...GEN_AI, "error_type"],
    buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  firstToken: {
    name: "gen_ai_server_time_to_first_token_seconds",
    type: "histogram",
    help: "Time from a request to its first token, the wait in the queue included.",
    labels: GEN_AI,
    buckets: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  outputToken: {
    name: "gen_ai_server_time_per_output_token_seconds",
    type: "histogram",
    help: "Mean time of a complete answer's tokens behind the first.",
    labels: GEN_AI,
    buckets: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  },
  requests: {
    name: "cria_requests_total",
    type: "counter",
    help: "Requests that have ended. status is empty if the client left before the response; exception is the one that was the response or that ended the stream, or empty.",
    labels: ["operation", "model", "status", "exception"],
  },
  aborted: {
    name: "cria_requests_aborted_total",
    type: "counter",
    help: "Requests whose response wasn't sent as a whole. by: client, fault (an injected one) or server.",
    labels: ["operation", "model", "by"],
  },
  running: {
    name: "cria_requests_running",
    type: "gauge",
    help: "Requests in progress.",
    labels: ["operation"],
  },
  streams: {
    name: "cria_streams_running",
    type: "gauge",
    help: "Responses that are being streamed.",
    labels: ["model"],
  },
  promptTokens: {
    name: "cria_prompt_tokens_total",
    type: "counter",
    help: "Tokens of prompts.",
    labels: ["operation", "model"],
  },
  generatedTokens: {
    name: "cria_generation_tokens_total",
    type: "counter",
    help: "Tokens that were generated, counted as they come.",
    labels: ["operation", "model"],
  },
  queueWait: {
    name: "cria_queue_wait_seconds",
    type: "histogram",
    help: "Time that requests which got a sequence had waited for it.",
    labels: ["model"],
    buckets: WAIT_BUCKETS,
  },
  faults: {
    name: "cria_faults_injected_total",
    type: "counter",
    help: "Faults that were injected on request.",
    labels: ["kind"],
  },
  queueLength: {
    name: "cria_queue_length",
    type: "gauge",
    help: "Requests that wait for a sequence of the model's engine.",
    labels: ["model"],
  },
  sequences: {
    name: "cria_sequences",
    type: "gauge",
    help: "Generations that the model's engine can run at once.",
    labels: ["model"],
  },
  sequencesRunning: {
    name: "cria_sequences_running",
    type: "gauge",
    help: "Of these, those that are running.",
    labels: ["model"],
  },
  engineReady: {
    name: "cria_engine_ready",
    type: "gauge",
    help: "Whether the model's engine would take a request now: 1 or 0.",
    labels: ["model"],
  },
  engineRestarts: {
    name: "cria_engine_restarts_total",
    type: "counter",
    help: "How often the process of the model's engine was started again.",
    labels: ["model"],
  },
  engineMemory: {
    name: "cria_engine_resident_memory_bytes",
    type: "gauge",
    help: "Memory of the process of the model's engine.",
    labels: ["model"],
  },
  upstreamUp: {
    name: "cria_upstream_up",
    type: "gauge",
    help: "Whether a server or service that answers for the model can generate: 1 or 0. upstream: its host and port, or its name.",
    labels: ["model", "upstream"],
  },
  passedOver: {
    name: "cria_upstream_passed_over_total",
    type: "counter",
    help: "Requests that went to the model's next upstream because this one couldn't answer.",
    labels: ["model", "upstream"],
  },
  modelsLoaded: {
    name: "cria_models_loaded",
    type: "gauge",
    help: "Models that are loaded on this machine.",
    labels: [],
  },
  ready: {
    name: "cria_ready",
    type: "gauge",
    help: "Whether the server would take a request now: 1, or 0 while a model is loaded, no upstream answers and no model is loaded here, or it is closing.",
    labels: [],
  },
  build: {
    name: "cria_build_info",
    type: "gauge",
    help: "1, with the version of Cria.",
    labels: ["version"],
  },
} as const satisfies Readonly<Record<string, Definition>>;
