import { checkShape, type Shape, TEXT } from "../api-shape.js";
import type { JsonObject } from "../parse-json.js";
import {
  checkGuardrail,
  checkLatency,
  checkRequestMetadata,
  checkServiceTier,
  type Guardrail,
  LATENCIES,
  type Latency,
  type NamedModel,
  readGuardrail,
} from "../request-members/index.js";
import type { RequestReader } from "../request-reader.js";
import { fieldUnsupported } from "./exceptions.js";

/** The members of a Converse request that say how it is served. */
export interface RequestSettings {
  readonly guardrail: Guardrail;
  readonly latency: Latency | undefined;
  /** Any text: a word that is no tier is refused later. */
  readonly serviceTier: string | undefined;
  /** Whether the request has an `outputConfig`. */
  readonly outputConfig: boolean;
}

/** What the response repeats of the request's members. A member that the request lacks is left out. */
export interface EchoedMembers {
  readonly performanceConfig?: { readonly latency: Latency };
  readonly serviceTier?: { readonly type: string };
}

const GUARDRAIL_TRACES = ["enabled", "disabled", "enabled_full"] as const;
const STREAM_PROCESSING_MODES = ["sync", "async"] as const;

const OUTPUT_CONFIG: Shape = {
  type: "structure",
  members: {
    textFormat: {
      type: "structure",
      members: {
        type: { type: "string", values: ["json_schema"] },
        structure: {
          type: "union",
          members: {
            jsonSchema: {
              type: "structure",
              members: { schema: TEXT, name: TEXT, description: TEXT },
              required: ["schema"],
            },
          },
          sensitive: true,
        },
      },
      required: ["type", "structure"],
    },
    effort: { type: "string", max: 16 },
  },
};

const PROMPT_VARIABLES: Shape = {
  type: "map",
  of: { type: "union", members: { text: TEXT } },
  sensitive: true,
};

/**
 * Reads the members that say how a request is served. Two are checked and have no effect: `requestMetadata`, which Bedrock only logs,
 * and `promptVariables`, which it ignores unless the model id names a stored prompt (both API model).
 *
 * @param streaming - whether the request is ConverseStream's, whose `guardrailConfig` has one more member
 */
export function readRequestSettings(
  reader: RequestReader,
  body: JsonObject,
  streaming: boolean,
): RequestSettings {
  checkShape(reader, body, "promptVariables", PROMPT_VARIABLES, "promptVariables");
  checkRequestMetadata(reader, body);
  const performance = reader.object(body, "performanceConfig") ?? {};
  const tier = reader.object(body, "serviceTier");
  checkShape(reader, body, "outputConfig", OUTPUT_CONFIG, "outputConfig");
  return {
    guardrail: readGuardrailConfig(reader, body, streaming),
    latency: reader.choice(performance, "latency", "performanceConfig.latency", LATENCIES),
    serviceTier: tier && reader.requiredString(tier, "type", "serviceTier.type"),
    outputConfig: reader.object(body, "outputConfig") !== undefined,
  };
}

function readGuardrailConfig(reader: RequestReader, body: JsonObject, streaming: boolean): Guardrail {
  const at = "guardrailConfig";
  const config = reader.object(body, at) ?? {};
  reader.choice(config, "trace", `${at}.trace`, GUARDRAIL_TRACES);
  if (streaming) {
    reader.choice(config, "streamProcessingMode", `${at}.streamProcessingMode`, STREAM_PROCESSING_MODES);
  }
  return readGuardrail(reader, config, `${at}.`);
}

/**
 * Refuses what Llama models don't have. The order is inferred.
 *
 * @returns what the response repeats
 * @throws {BedrockException} `ValidationException`
 */
export function checkRequestSettings(settings: RequestSettings, named: NamedModel): EchoedMembers {
  const { guardrail, latency, serviceTier, outputConfig } = settings;
  checkGuardrail(guardrail);
  checkServiceTier(serviceTier);
  checkLatency(latency, named);
  if (outputConfig) throw fieldUnsupported("outputConfig");
  return {
    ...(latency && { performanceConfig: { latency } }),
    ...(serviceTier !== undefined && { serviceTier: { type: serviceTier } }),
  };
}
