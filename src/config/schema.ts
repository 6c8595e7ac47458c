import { llamaModels, MAX_BODY_BYTES } from "../bedrock/index.js";
import {
  MAX_CONNECTIONS,
  MAX_CONTEXT,
  MAX_HEADER_BYTES,
  MAX_REQUESTS,
  MAX_RETRIES,
  MAX_SEQUENCES,
  MAX_STREAMS,
  MAX_THREADS,
  MAX_WAIT_MS,
  MIN_HEADER_BYTES,
} from "./bounds.js";

/** The part of JSON Schema (draft 7) that the configuration needs. */
export interface JsonSchema {
  readonly $ref?: string;
  /** What a value must be, with its article: the subject of messages and of an editor's hints. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

/** It only catches typing errors: memory ends long before. */
const MAX_BYTES = 1e12;

/** Servers for one model that are tried in turn: more would take longer than any caller waits. */
const MAX_UPSTREAMS = 8;

const text = (title: string, more: JsonSchema = {}): JsonSchema => ({
  type: "string",
  minLength: 1,
  title,
  ...more,
});

const whole = (min: number, max: number, more: JsonSchema = {}): JsonSchema => ({
  type: "integer",
  minimum: min,
  maximum: max,
  ...more,
});

const milliseconds = (least: number, usual: number, description: string): JsonSchema =>
  whole(least, MAX_WAIT_MS, {
    title: `a whole number of milliseconds from ${least} to ${MAX_WAIT_MS}`,
    default: usual,
    description,
  });

const bytes = (least: number, most: number, usual: number, description: string): JsonSchema =>
  whole(least, most, {
    title: `a whole number of bytes from ${least} to ${most}`,
    default: usual,
    description,
  });

const yesOrNo = (description: string): JsonSchema => ({ type: "boolean", default: false, description });

const section = (
  properties: Readonly<Record<string, JsonSchema>>,
  description: string,
  more: JsonSchema = {},
): JsonSchema => ({ type: "object", additionalProperties: false, properties, description, ...more });

const file = (what: string, example: string): JsonSchema =>
  text(`the path of ${what}`, {
    examples: [example],
    description: `The path of ${what}; a relative one starts at the folder of this file.`,
  });

/** A name that a shell could set. What doesn't fit may be the secret itself, so messages never repeat it. */
const variable = text("the name of an environment variable", {
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
  examples: ["VLLM_KEY"],
  description: "The environment variable that holds its bearer key.",
});

/** Without a user, a password, a query or a fragment: there are secrets in those. */
const url = (example: string, description: string): JsonSchema =>
  text(`a URL such as ${example}, without a user, a key, a \`?\` or a \`#\``, {
    pattern: "^https?://[^\\s/?#@]+(/[^\\s?#]*)?$",
    examples: [example],
    description,
  });

const server: JsonSchema = {
  required: ["url"],
  additionalProperties: false,
  properties: {
    url: url("https://vllm.internal/v1", "The server's URL, with or without `/v1` at the end."),
    model: text("the model's name at the server", {
      description: "The model's name at the server, where it has several.",
    }),
    dialect: {
      enum: ["vllm", "llama-server", "ollama", "openai"],
      description: "What kind of server it is; otherwise Cria asks it.",
    },
    keyEnv: variable,
    keyFile: file("a file that holds its bearer key and nothing else", "/run/secrets/vllm-key"),
    caFile: file(
      "a file with the certificates that may have signed the server's, in PEM",
      "/etc/cria/ca.pem",
    ),
    vision: {
      type: "boolean",
      description:
        "Whether its model sees images, which then go to its chat endpoint. By default llama-server and Ollama are asked, vLLM is tried, and others get none.",
    },
    streams: whole(1, MAX_STREAMS, {
      default: 256,
      description: "Generations at once; further requests wait.",
    }),
    silenceMs: milliseconds(
      1_000,
      60_000,
      "Silence between two tokens after which a generation is given up.",
    ),
    firstTokenMs: milliseconds(
      1_000,
      300_000,
      "The same before the first token, while the server may have queued the request and evaluates its prompt.",
    ),
  },
};

const bedrock: JsonSchema = {
  additionalProperties: false,
  properties: {
    bedrock: text("an AWS region such as us-west-2", {
      pattern: "^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$",
      examples: ["us-west-2"],
      description:
        "Amazon Bedrock itself, in this region, with the credentials that an AWS SDK would find here.",
    }),
    profile: text("the name of a profile in the AWS configuration", {
      examples: ["production"],
      description: "The profile whose credentials are used.",
    }),
    retries: whole(0, MAX_RETRIES, {
      description: "How often a call that fails before it begins to answer is repeated.",
      default: 0,
    }),
    endpoint: url(
      "https://vpce-1a2b.bedrock-runtime.us-west-2.vpce.amazonaws.com",
      "Another endpoint, such as that of a VPC.",
    ),
    caFile: file(
      "a file with the certificates that may have signed the endpoint's, in PEM",
      "/etc/cria/ca.pem",
    ),
    timeoutMs: milliseconds(
      1_000,
      600_000,
      "How long Amazon may say nothing, before its answer and within it.",
    ),
  },
};

const upstream: JsonSchema = {
  type: "object",
  examples: [{ url: "https://vllm.internal/v1" }],
  if: { required: ["bedrock"] },
  then: bedrock,
  else: server,
};

const model: JsonSchema = section(
  {
    upstream: { $ref: "#/definitions/upstream" },
    upstreams: {
      type: "array",
      minItems: 1,
      maxItems: MAX_UPSTREAMS,
      items: { $ref: "#/definitions/upstream" },
      description: "Servers that are tried in this order.",
    },
  },
  "Where requests for the model go: `upstream` for one server, `upstreams` for several.",
  {
    examples: [{ upstream: { url: "https://vllm.internal/v1" } }],
    oneOf: [{ required: ["upstream"] }, { required: ["upstreams"] }],
  },
);

const limits: JsonSchema = section(
  {
    bodyBytes: bytes(1_024, MAX_BYTES, MAX_BODY_BYTES, "Bytes of a request body."),
    bodyBytesInAll: bytes(1_024, MAX_BYTES, 256_000_000, "Bytes of request bodies in memory at once."),
    headerBytes: bytes(
      MIN_HEADER_BYTES,
      MAX_HEADER_BYTES,
      16_384,
      "Bytes in the headers of one request. Not changed while the server runs.",
    ),
    connections: whole(1, MAX_CONNECTIONS, { default: 512, description: "Connections at once." }),
    streamsPerConnection: whole(1, MAX_REQUESTS, {
      default: 100,
      description: "Requests at once on one HTTP/2 connection.",
    }),
    requests: whole(1, MAX_REQUESTS, {
      default: 2_048,
      description: "Requests at once, over all connections; further ones get a ThrottlingException.",
    }),
    slotless: whole(1, MAX_REQUESTS, {
      default: 1_024,
      description: "Requests at once that are only refused, or ask for the server's health.",
    }),
    prefaceMs: milliseconds(1_000, 60_000, "Time for a new connection to show which protocol it speaks."),
    handshakeMs: milliseconds(1_000, 10_000, "Time for a TLS handshake."),
    headersMs: milliseconds(1_000, 20_000, "Time for the headers of a request."),
    requestMs: milliseconds(1_000, 100_000, "Time for a whole request."),
    idleMs: milliseconds(1_000, 75_000, "Time after which a connection without a request is closed."),
    readerLagBytes: bytes(
      1_024,
      MAX_BYTES,
      65_536,
      "Unread bytes of an answer at which its generation pauses.",
    ),
    stallMs: milliseconds(1_000, 60_000, "Time after which a client that reads nothing is disconnected."),
    giveWayMs: milliseconds(
      100,
      5_000,
      "Time after which a paused generation gives way to a request that waits.",
    ),
    drainBytes: bytes(
      0,
      MAX_BYTES,
      67_108_864,
      "Bytes of an unread body that are read, so that its sender reads the answer.",
    ),
    drainMs: milliseconds(100, 5_000, "Time without a byte after which no more are read."),
    startMs: milliseconds(
      100,
      20_000,
      "Time that a request may wait for a model, for memory and for its turn.",
    ),
    documentMs: milliseconds(100, 10_000, "Time for reading the documents of a request."),
    silenceMs: milliseconds(100, 1_500, "Time without a byte after which a stream begins its next frame."),
    lastFrameMs: milliseconds(
      0,
      100,
      "Delay between a stream's last frame and its end, where the client closes the connection.",
    ),
  },
  "Limits of the server. Those for the use of one connection hold for new connections.",
);

/** The settings of the models on this machine. None is changed while the server runs. */
const local: Readonly<Record<string, JsonSchema>> = {
  modelFile: file(
    "a GGUF file that answers in place of the model that stands in",
    "/models/llama-3.2-1b.gguf",
  ),
  as: text("the id of a Llama model on Bedrock", {
    examples: ["meta.llama3-2-1b-instruct-v1:0"],
    description: "The Bedrock id of the model in `modelFile`.",
  }),
  small: yesOrNo("Let the small model stand in (98 MB), as in CI."),
  preload: {
    type: "array",
    items: text("the id of a Llama model on Bedrock", { examples: ["meta.llama3-8b-instruct-v1:0"] }),
    description: "Models of this machine to load at the start.",
  },
  memoryBudget: {
    type: ["integer", "string"],
    title: "a size such as 12GB",
    minimum: 1,
    maximum: MAX_BYTES,
    pattern: "^\\s*[0-9]+(\\.[0-9]+)?\\s*[KMGTkmgt][Bb]\\s*$",
    examples: ["12GB"],
    description:
      "Memory for all models of this machine together; three quarters of what the process may use by default.",
  },
  sequences: whole(1, MAX_SEQUENCES, {
    examples: [4],
    description: "Requests that a model of this machine answers at once.",
  }),
  contextSize: whole(16, MAX_CONTEXT, {
    examples: [8192],
    description: "Tokens of prompt and answer together, for models of this machine.",
  }),
  kvCacheType: { enum: ["f16", "q8_0"], description: "How models of this machine store keys and values." },
  threads: whole(1, MAX_THREADS, {
    examples: [8],
    description: "Threads that models of this machine always compute with.",
  }),
};

/**
 * What `cria.yaml` may hold, as a JSON schema: the one list of its keys. The file is checked with it, its messages are written from it, and editors
 * read it as `cria/config-schema.json`. Defaults repeat the server's; a test holds them together.
 */
export const configSchema: JsonSchema & {
  readonly $schema: string;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
} = {
  $schema: "http://json-schema.org/draft-07/schema#",
  description: "The configuration of `cria serve --config` and `cria run --config` (docs/configuration.md).",
  type: "object",
  additionalProperties: false,
  properties: {
    listen: section(
      {
        host: text("an address such as 127.0.0.1", { default: "127.0.0.1" }),
        port: whole(0, 65_535, { default: 2742, description: "0 takes any free port." }),
        tls: {
          type: ["string", "object"],
          title: "self-signed, or a certFile and a keyFile",
          if: { type: "string" },
          then: { enum: ["self-signed"] },
          additionalProperties: false,
          required: ["certFile", "keyFile"],
          properties: {
            certFile: file(
              "the server's certificate in PEM, followed by its intermediate certificates",
              "/etc/cria/tls.crt",
            ),
            keyFile: file("the certificate's private key, in PEM", "/etc/cria/tls.key"),
          },
          description: "TLS, on the same port as plain HTTP.",
        },
      },
      "Where the server listens. Not changed while it runs.",
    ),
    auth: {
      enum: ["none", "keys"],
      description:
        "Who may call: anyone, or clients with a key. By default keys if `keysFile` is given or other machines can reach `listen.host`, else none.",
    },
    keysFile: file(
      "the file with the keys of clients, made by `cria keys create --keys-file`",
      "/etc/cria/keys.json",
    ),
    allowHosts: {
      type: "array",
      items: text("the name of a host, without a scheme or a port", {
        pattern: "^(?:[0-9A-Fa-f:.]+|(?:\\*\\.)?[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?)$",
        examples: ["cria.internal"],
      }),
      examples: [["cria.internal"]],
      description:
        "Names by which clients without a key may call, besides addresses, localhost and this machine's name.",
    },
    allowOrigins: {
      type: "array",
      items: text("a web origin: a scheme, a host and perhaps a port", {
        pattern: "^(?:\\*|[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\s*@]+/?)$",
        examples: ["https://app.example.com"],
      }),
      examples: [["https://app.example.com"]],
      description: "Web origins whose pages may call (CORS); * for all, where callers need a key.",
    },
    models: {
      type: "object",
      properties: Object.fromEntries(llamaModels.map(({ id }) => [id, { $ref: "#/definitions/model" }])),
      additionalProperties: { $ref: "#/definitions/model" },
      description:
        "The servers that answer for models, each by its Bedrock id. Others are answered on this machine.",
    },
    modelMap: {
      type: "object",
      additionalProperties: text("the id of a Llama model on Bedrock", {
        examples: ["meta.llama3-3-70b-instruct-v1:0"],
      }),
      description:
        "The model behind each ARN that names none, such as that of an application inference profile.",
    },
    strict: yesOrNo("Refuse requests that only a stand-in could answer."),
    strictIds: yesOrNo(
      "Refuse, as Bedrock does, the ids of models that can be called only through an inference profile.",
    ),
    ...local,
    limits,
    log: section(
      {
        level: {
          enum: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
          default: "info",
          description: "The lowest level that is written.",
        },
        format: {
          enum: ["json", "pretty"],
          description:
            "JSON, a line each, or readable lines; by default readable on a terminal. Not changed while the server runs.",
        },
      },
      "The log of requests, on stderr.",
      { examples: [{ level: "debug" }] },
    ),
    metrics: {
      type: ["boolean", "object"],
      title: "true, false, or settings such as `port: 9464`",
      examples: [true],
      additionalProperties: false,
      properties: {
        port: whole(0, 65_535, {
          examples: [9464],
          description: "A port of its own; the server's by default.",
        }),
        host: text("an address such as 127.0.0.1", {
          description: "The address of that port; the server's by default.",
        }),
        auth: {
          enum: ["none", "keys"],
          default: "none",
          description: "Whether whoever reads the metrics needs a key.",
        },
      },
      default: false,
      description:
        "GET /metrics for Prometheus: true on the server's port, or on one of its own. Not changed while the server runs.",
    },
    traces: {
      type: ["boolean", "object"],
      title: "true, false, or settings such as `endpoint: http://collector:4318`",
      examples: [true],
      additionalProperties: false,
      properties: { endpoint: url("http://collector:4318", "The collector, for OTLP over HTTP.") },
      default: false,
      description:
        "OpenTelemetry traces: true to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. Not changed while the server runs.",
    },
  },
  definitions: { model, upstream },
};
