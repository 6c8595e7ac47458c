import {
  CONSTRAINT,
  INFERRED,
  noField,
  OPTIMIZED_MODEL,
  QUOTED,
  QUOTED_OF_OTHERS,
  violation,
} from "./known.mjs";

const GUARDRAIL = { guardrailIdentifier: "abc123", guardrailVersion: "1" };

const metadataViolation = (constraint) => ({
  message: `1 validation error detected: Value at 'requestMetadata' failed to satisfy constraint: ${constraint}`,
  known: "constraint documented, form quoted of other services",
});

/** The members that say how a request is served. @type {readonly import("../rows.mjs").Row[]} */
export const settings = [
  {
    member: "inferenceConfig.maxTokens",
    does: "used",
    note: "without it, the model's limit (documented); for a stand-in 512",
    cases: [
      { sends: { inferenceConfig: { maxTokens: 5 } }, engine: { maxTokens: 5 } },
      {
        when: "above the model's limit",
        sends: { inferenceConfig: { maxTokens: 8193 } },
        refusal: {
          message:
            "The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192.",
          known: QUOTED,
        },
      },
      {
        when: "0",
        sends: { inferenceConfig: { maxTokens: 0 } },
        refusal: violation(0, "inferenceConfig.maxTokens", "have value greater than or equal to 1"),
      },
    ],
  },
  {
    member: "inferenceConfig.temperature",
    does: "used",
    cases: [
      { sends: { inferenceConfig: { temperature: 0.25 } }, engine: { temperature: 0.25 } },
      {
        when: "above 1",
        sends: { inferenceConfig: { temperature: 1.5 } },
        refusal: violation(1.5, "inferenceConfig.temperature", "have value less than or equal to 1"),
      },
    ],
  },
  {
    member: "inferenceConfig.topP",
    does: "used",
    cases: [
      { sends: { inferenceConfig: { topP: 0.75 } }, engine: { topP: 0.75 } },
      {
        when: "below 0",
        sends: { inferenceConfig: { topP: -1 } },
        refusal: violation(-1, "inferenceConfig.topP", "have value greater than or equal to 0"),
      },
    ],
  },
  {
    member: "inferenceConfig.stopSequences",
    below: true,
    does: "used",
    cases: [
      { sends: { inferenceConfig: { stopSequences: ["lo"] } }, answers: '"stopReason":"stop_sequence"' },
      {
        when: "an empty one",
        sends: { inferenceConfig: { stopSequences: [""] } },
        refusal: violation(
          "",
          "inferenceConfig.stopSequences.1.member",
          "have length greater than or equal to 1",
        ),
      },
    ],
  },
  {
    member: "additionalModelRequestFields",
    does: "used",
    note: "Llama's native keys but `prompt`",
    cases: [
      { sends: { additionalModelRequestFields: { top_p: 0.5 } }, engine: { topP: 0.5 } },
      {
        when: "one that doubles `inferenceConfig`",
        sends: { inferenceConfig: { maxTokens: 5 }, additionalModelRequestFields: { max_gen_len: 5 } },
        refusal: {
          message:
            "The additional field max_gen_len conflicts with the existing field maxTokens. Remove max_gen_len and try again.",
          known: QUOTED_OF_OTHERS,
        },
      },
      {
        when: "another key",
        sends: { additionalModelRequestFields: { top_k: 1 } },
        refusal: {
          message:
            "The model returned the following errors: Malformed input request: #: extraneous key [top_k] is not permitted, please reformat your input and try again.",
          known: "the beginning quoted",
        },
      },
    ],
  },
  {
    member: "additionalModelResponseFieldPaths",
    below: true,
    does: "used",
    cases: [
      {
        sends: { additionalModelResponseFieldPaths: ["/stop_reason"] },
        answers: '"additionalModelResponseFields":{"stop_reason":"stop"}',
      },
      {
        when: "no JSON pointer",
        sends: { additionalModelResponseFieldPaths: ["stop_reason"] },
        refusal: {
          message: "The additionalModelResponseFieldPaths value stop_reason isn't a valid JSON pointer.",
          known: "status documented, words inferred",
        },
      },
    ],
  },
  {
    member: "guardrailConfig.guardrailIdentifier",
    does: "refused",
    cases: [
      {
        when: "there is none in Cria",
        sends: { guardrailConfig: GUARDRAIL },
        refusal: {
          message: "The guardrail identifier or version provided in the request does not exist.",
          known: QUOTED,
        },
      },
      {
        when: "malformed",
        sends: { guardrailConfig: { ...GUARDRAIL, guardrailIdentifier: "a b" } },
        refusal: {
          message: "The provided guardrail identifier is invalid.",
          known: "quoted; that it is for this case, inferred",
        },
      },
      {
        when: "without a version",
        sends: { guardrailConfig: { guardrailIdentifier: "abc123" } },
        refusal: { ...violation(null, "guardrailConfig.guardrailVersion", "not be null"), known: INFERRED },
      },
    ],
  },
  {
    member: "guardrailConfig.guardrailVersion",
    does: "refused",
    cases: [
      {
        when: "malformed",
        sends: { guardrailConfig: { ...GUARDRAIL, guardrailVersion: "latest" } },
        refusal: violation(
          "latest",
          "guardrailConfig.guardrailVersion",
          "satisfy regular expression pattern: (|([1-9][0-9]{0,7})|(DRAFT))",
        ),
      },
      {
        when: "without an identifier",
        sends: { guardrailConfig: { guardrailVersion: "1" } },
        refusal: {
          ...violation(null, "guardrailConfig.guardrailIdentifier", "not be null"),
          known: INFERRED,
        },
      },
    ],
  },
  {
    member: "guardrailConfig.trace",
    does: "checked",
    note: "there is no guardrail whose trace it could be",
    cases: [
      { sends: { guardrailConfig: { trace: "enabled" } }, answers: "lo" },
      {
        when: "another word",
        sends: { guardrailConfig: { trace: "yes" } },
        refusal: violation(
          "yes",
          "guardrailConfig.trace",
          "satisfy enum value set: [enabled, disabled, enabled_full]",
        ),
      },
    ],
  },
  {
    member: "performanceConfig.latency",
    does: "echoed",
    note: "`optimized` with Llama 3.1 70B and 405B, through an inference profile, in the regions that the user guide lists",
    cases: [
      {
        sends: { performanceConfig: { latency: "standard" } },
        answers: '"performanceConfig":{"latency":"standard"}',
      },
      {
        sends: { performanceConfig: { latency: "optimized" } },
        model: `arn:aws:bedrock:us-east-2:123456789012:inference-profile/${OPTIMIZED_MODEL}`,
        answers: '"performanceConfig":{"latency":"optimized"}',
      },
      {
        when: "`optimized` elsewhere",
        sends: { performanceConfig: { latency: "optimized" } },
        model: OPTIMIZED_MODEL,
        refusal: {
          message:
            "Latency performance configuration is not supported for meta.llama3-1-70b-instruct-v1:0 in us-east-1",
          known: QUOTED_OF_OTHERS,
        },
      },
      {
        when: "another word",
        sends: { performanceConfig: { latency: "turbo" } },
        refusal: violation(
          "turbo",
          "performanceConfig.latency",
          "satisfy enum value set: [optimized, standard]",
        ),
      },
    ],
  },
  {
    member: "serviceTier.type",
    does: "echoed",
    note: "`default` alone",
    cases: [
      { sends: { serviceTier: { type: "default" } }, answers: '"serviceTier":{"type":"default"}' },
      {
        when: "`flex`, `priority`",
        sends: { serviceTier: { type: "flex" } },
        refusal: {
          message: "The provided service tier is not supported for this model.",
          known: "quoted, for `priority` of other models",
        },
      },
      {
        when: "`reserved`",
        sends: { serviceTier: { type: "reserved" } },
        refusal: { message: "Reservation not found.", known: QUOTED_OF_OTHERS },
      },
      {
        when: "another word",
        sends: { serviceTier: { type: "cheapest" } },
        refusal: { message: "service tier provided is invalid", known: QUOTED_OF_OTHERS },
      },
    ],
  },
  {
    member: "requestMetadata",
    below: true,
    does: "checked",
    note: "Bedrock writes it to its logs only",
    cases: [
      { sends: { requestMetadata: { team: "a" } }, answers: "lo" },
      {
        when: "none, or more than 16",
        sends: { requestMetadata: {} },
        refusal: {
          ...violation(undefined, "requestMetadata", "have length greater than or equal to 1"),
          known: CONSTRAINT,
        },
      },
      {
        when: "a key of other characters",
        sends: { requestMetadata: { "team!": "a" } },
        refusal: metadataViolation(
          "Map keys must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-zA-Z0-9\\s:_@$#=/+,-.]{1,256}]",
        ),
      },
      {
        when: "a value of other characters",
        sends: { requestMetadata: { team: "a!" } },
        refusal: metadataViolation(
          "Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}]",
        ),
      },
    ],
  },
  {
    member: "promptVariables",
    below: true,
    does: "checked",
    note: "Bedrock ignores it unless the model id names a stored prompt (documented)",
    cases: [{ sends: { promptVariables: { name: { text: "Ada" } } }, answers: "lo" }],
  },
  {
    member: "outputConfig",
    below: true,
    does: "refused",
    cases: [{ sends: { outputConfig: { effort: "low" } }, refusal: noField("outputConfig", QUOTED) }],
  },
];

/** What ConverseStream has besides. @type {readonly import("../rows.mjs").Row[]} */
export const streamSettings = [
  {
    member: "guardrailConfig.streamProcessingMode",
    does: "checked",
    note: "there is no guardrail that it could be for",
    cases: [
      { sends: { guardrailConfig: { streamProcessingMode: "async" } }, answers: "lo" },
      {
        when: "another word",
        sends: { guardrailConfig: { streamProcessingMode: "later" } },
        refusal: violation(
          "later",
          "guardrailConfig.streamProcessingMode",
          "satisfy enum value set: [sync, async]",
        ),
      },
    ],
  },
];
