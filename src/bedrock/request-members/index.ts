export { checkGuardrail, type Guardrail, readGuardrail } from "./guardrail.js";
export { checkLatency, LATENCIES, type Latency, type NamedModel } from "./latency.js";
export { checkRequestMetadata, checkRequestMetadataHeader } from "./request-metadata.js";
export { checkServiceTier } from "./service-tier.js";
