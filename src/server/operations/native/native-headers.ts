import {
  checkGuardrail,
  checkLatency,
  checkRequestMetadataHeader,
  checkServiceTier,
  isAcceptSupported,
  isContentTypeSupported,
  LATENCIES,
  type LlamaModel,
  readGuardrail,
  RequestReader,
  unsupportedAcceptType,
  unsupportedContentType,
} from "../../../bedrock/index.js";
import type { ReplyMembers } from "../../reply.js";
import type { ServerRequest } from "../../request.js";
import { namedModel } from "../../request-region.js";

const TRACES = ["ENABLED", "DISABLED", "ENABLED_FULL"] as const;

/**
 * Checks the headers of InvokeModel and InvokeModelWithResponseStream: the API model's constraints, then what Llama models don't have.
 * The order is inferred. Two headers are checked and have no effect: the metadata, which Bedrock only logs, and the trace, since
 * there is no guardrail whose trace it could be.
 *
 * @param acceptHeader - the name of the header with the accepted media type, in lower case
 * @returns what the response repeats
 * @throws {BedrockException} `ValidationException`
 */
export function checkNativeHeaders(
  request: ServerRequest,
  model: LlamaModel,
  acceptHeader: string,
): Pick<ReplyMembers, "latency" | "serviceTier"> {
  const header = (name: string) => request.header(`x-amzn-bedrock-${name}`) ?? null;
  const members = {
    trace: header("trace"),
    guardrailIdentifier: header("guardrailidentifier"),
    guardrailVersion: header("guardrailversion"),
    performanceConfigLatency: header("performanceconfig-latency"),
  };
  const reader = new RequestReader();
  reader.choice(members, "trace", "trace", TRACES);
  const guardrail = readGuardrail(reader, members, "");
  const latency = reader.choice(members, "performanceConfigLatency", "performanceConfigLatency", LATENCIES);
  checkRequestMetadataHeader(reader, header("request-metadata") ?? undefined);
  reader.finish();
  if (!isContentTypeSupported(request.header("content-type"))) throw unsupportedContentType();
  if (!isAcceptSupported(request.header(acceptHeader))) throw unsupportedAcceptType();
  checkGuardrail(guardrail);
  const serviceTier = header("service-tier") ?? undefined;
  checkServiceTier(serviceTier);
  checkLatency(latency, namedModel(request, model));
  return { ...(latency && { latency }), ...(serviceTier !== undefined && { serviceTier }) };
}
