import { REGION } from "../../bedrock/index.js";
import { MAX_RETRIES, MAX_STREAMS } from "../bounds.js";
import { file, type JsonSchema, milliseconds, section, text, url, whole } from "./parts.js";

/** Servers for one model that are tried in turn: more would take longer than any caller waits. */
const MAX_UPSTREAMS = 8;

/** A name that a shell could set. What doesn't fit may be the secret itself, so messages never repeat it. */
const variable = text("the name of an environment variable", {
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
  examples: ["VLLM_KEY"],
  description: "The environment variable that holds its bearer key.",
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
      pattern: REGION.source,
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

/** A server that answers, or Amazon Bedrock. */
export const upstream: JsonSchema = {
  type: "object",
  examples: [{ url: "https://vllm.internal/v1" }],
  if: { required: ["bedrock"] },
  then: bedrock,
  else: server,
};

/** Who answers for a model. */
export const model: JsonSchema = section(
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
