import { CONSTRAINT, DOCUMENTED, INFERRED, QUOTED, QUOTED_OF_OTHERS, violation } from "./known.mjs";

/** @type {readonly import("../rows.mjs").Row[]} */
export const nativeHeaders = [
  {
    member: "modelId",
    does: "used",
    cases: [
      { sends: {}, engine: { maxTokens: 512 } },
      {
        when: "no Llama model",
        sends: {},
        model: "meta.llama9",
        refusal: { message: "The provided model identifier is invalid.", known: "recorded" },
      },
    ],
  },
  {
    member: "body",
    does: "used",
    note: "Llama's native keys",
    cases: [
      { sends: { body: { prompt: "Hello!", temperature: 0 } }, prompt: "Hello!", engine: { temperature: 0 } },
      {
        when: "another key",
        sends: { body: { prompt: "Hi", top_k: 1 } },
        refusal: {
          message:
            "Malformed input request: #: extraneous key [top_k] is not permitted, please reformat your input and try again.",
          known: QUOTED,
        },
      },
    ],
  },
  {
    member: "contentType",
    does: "checked",
    cases: [
      { sends: { contentType: "application/octet-stream" }, prompt: "Hi" },
      {
        when: "not JSON",
        sends: { contentType: "text/plain" },
        refusal: {
          message: "The provided Content Type is invalid or not supported for this model",
          known: QUOTED,
        },
      },
    ],
  },
  {
    member: "accept",
    does: "checked",
    cases: [
      { sends: { accept: "*/*" }, prompt: "Hi" },
      {
        when: "not JSON",
        sends: { accept: "text/plain" },
        refusal: {
          message: "The provided Accept Type is invalid or not supported for this model",
          known: QUOTED,
        },
      },
    ],
  },
  {
    member: "trace",
    does: "checked",
    note: "there is no guardrail whose trace it could be",
    cases: [
      { sends: { trace: "ENABLED" }, prompt: "Hi" },
      {
        when: "another word",
        sends: { trace: "yes" },
        refusal: violation("yes", "trace", "satisfy enum value set: [ENABLED, DISABLED, ENABLED_FULL]"),
      },
    ],
  },
  {
    member: "guardrailIdentifier",
    does: "refused",
    cases: [
      {
        when: "there is none in Cria",
        sends: { guardrailIdentifier: "abc123", guardrailVersion: "1" },
        refusal: {
          message: "The guardrail identifier or version provided in the request does not exist.",
          known: QUOTED,
        },
      },
      {
        when: "malformed",
        sends: { guardrailIdentifier: "a b", guardrailVersion: "1" },
        refusal: {
          message: "The provided guardrail identifier is invalid.",
          known: "quoted; that it is for this case, inferred",
        },
      },
      {
        when: "without a version",
        sends: { guardrailIdentifier: "abc123" },
        refusal: {
          ...violation(null, "guardrailVersion", "not be null"),
          known: `${DOCUMENTED}; the words inferred`,
        },
      },
    ],
  },
  {
    member: "guardrailVersion",
    does: "refused",
    cases: [
      {
        when: "malformed",
        sends: { guardrailIdentifier: "abc123", guardrailVersion: "latest" },
        refusal: violation(
          "latest",
          "guardrailVersion",
          "satisfy regular expression pattern: (|([1-9][0-9]{0,7})|(DRAFT))",
        ),
      },
      {
        when: "without an identifier",
        sends: { guardrailVersion: "1" },
        refusal: { ...violation(null, "guardrailIdentifier", "not be null"), known: INFERRED },
      },
    ],
  },
  {
    member: "performanceConfigLatency",
    does: "echoed",
    note: "`optimized` as in Converse; the response's header is documented",
    cases: [
      {
        sends: { performanceConfigLatency: "standard" },
        answers: "X-Amzn-Bedrock-PerformanceConfig-Latency: standard",
      },
      {
        when: "`optimized`",
        sends: { performanceConfigLatency: "optimized" },
        refusal: {
          message:
            "Latency performance configuration is not supported for meta.llama4-maverick-17b-instruct-v1:0 in us-east-1",
          known: QUOTED_OF_OTHERS,
        },
      },
      {
        when: "another word",
        sends: { performanceConfigLatency: "turbo" },
        refusal: violation(
          "turbo",
          "performanceConfigLatency",
          "satisfy enum value set: [optimized, standard]",
        ),
      },
    ],
  },
  {
    member: "serviceTier",
    does: "echoed",
    note: "`default` alone; the response's header is documented",
    cases: [
      { sends: { serviceTier: "default" }, answers: "X-Amzn-Bedrock-Service-Tier: default" },
      {
        when: "`flex`, `priority`",
        sends: { serviceTier: "flex" },
        refusal: {
          message: "The provided service tier is not supported for this model.",
          known: "quoted, for `priority` of other models",
        },
      },
      {
        when: "`reserved`",
        sends: { serviceTier: "reserved" },
        refusal: { message: "Reservation not found.", known: QUOTED_OF_OTHERS },
      },
      {
        when: "another word",
        sends: { serviceTier: "cheapest" },
        refusal: { message: "service tier provided is invalid", known: QUOTED_OF_OTHERS },
      },
    ],
  },
  {
    member: "requestMetadata",
    does: "checked",
    note: "Bedrock writes it to its logs only",
    cases: [
      { sends: { requestMetadata: '{"team":"a"}' }, prompt: "Hi" },
      {
        when: "too long",
        sends: { requestMetadata: JSON.stringify({ a: "b".repeat(8500) }) },
        refusal: {
          message: [
            "2 validation errors detected: Value at 'requestMetadata' failed to satisfy constraint: Member must have length less than or equal to 8500",
            "Value at 'requestMetadata' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}]",
          ].join("; "),
          known: CONSTRAINT,
        },
      },
      {
        when: "not JSON",
        sends: { requestMetadata: "team=a" },
        refusal: {
          ...violation(undefined, "requestMetadata", "be a JSON object whose values are strings"),
          known: INFERRED,
        },
      },
    ],
  },
];
