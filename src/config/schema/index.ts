import { llamaModels } from "../../bedrock/index.js";
import { DEFAULT_PORT } from "../bounds.js";
import { limits } from "./limits.js";
import { local } from "./local.js";
import { file, host, type JsonSchema, section, text, url, whole, yesOrNo } from "./parts.js";
import { model, upstream } from "./upstreams.js";

export type { JsonSchema } from "./parts.js";

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
        host: host({ default: "127.0.0.1" }),
        port: whole(0, 65_535, { default: DEFAULT_PORT, description: "0 takes any free port." }),
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
          description:
            "TLS, on the same port as plain HTTP. A renewed certificate is used for new connections; that TLS is on or off isn't changed.",
        },
      },
      "Where the server listens. Not changed while it runs, a renewed certificate apart.",
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
        host: host({ description: "The address of that port; the server's by default." }),
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
