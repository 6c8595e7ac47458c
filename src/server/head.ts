import { EVENT_STREAM_TYPE } from "../bedrock/index.js";
import { modelHeader } from "./cria-headers.js";
import type { BodyReply, Reply, ReplyMembers, StreamReply } from "./reply.js";
import type { Header, ResponseHead } from "./transport/index.js";

/** The facts about a request that its response's headers carry. */
export interface AnsweredRequest {
  /** Undefined if the response carries none, as with Cria's own operations. */
  readonly requestId: string | undefined;
  /** The name of the model that answered, if it is another one than the requested. */
  readonly answersAs: string | undefined;
}

/**
 * The head of a response as Bedrock sends it over HTTP/1.1: names in this case and in this order (recorded). That of another service's reply
 * is its own. A transport drops the headers that its protocol doesn't allow.
 */
export function headOf(reply: Reply, { requestId, answersAs }: AnsweredRequest): ResponseHead {
  if ("passed" in reply) return reply;
  const headers: Header[] = [
    ["Date", new Date().toUTCString()],
    ...bodyHeaders(reply),
    ["Connection", "keep-alive"],
    ...(requestId === undefined ? [] : [["x-amzn-RequestId", requestId] as const]),
    ...memberHeaders(reply.members),
  ];
  const errorType = "stream" in reply ? undefined : reply.errorType;
  if (errorType === undefined) headers.push(...modelHeader(answersAs));
  else headers.push(["x-amzn-ErrorType", errorType]);
  if ("headers" in reply) headers.push(...(reply.headers ?? []));
  return { status: reply.status, headers, streamed: "stream" in reply };
}

function bodyHeaders(reply: BodyReply | StreamReply): readonly Header[] {
  if ("stream" in reply) {
    return [
      ["Content-Type", EVENT_STREAM_TYPE],
      ["Transfer-Encoding", "chunked"],
    ];
  }
  // a response without a body has no length either (RFC 9110, 8.6)
  if (reply.type === undefined) return [];
  return [
    ["Content-Type", reply.type],
    ["Content-Length", String(reply.body.length)],
  ];
}

function memberHeaders(members: ReplyMembers): Header[] {
  const { contentType, latencyMs, outputTokens, inputTokens, latency, serviceTier } = members;
  const headers: Header[] = [];
  if (contentType !== undefined) headers.push(["X-Amzn-Bedrock-Content-Type", contentType]);
  if (latencyMs !== undefined) {
    headers.push(["X-Amzn-Bedrock-Invocation-Latency", String(Math.round(latencyMs))]);
  }
  if (outputTokens !== undefined) {
    headers.push(["X-Amzn-Bedrock-Output-Token-Count", String(outputTokens)]);
  }
  if (inputTokens !== undefined) headers.push(["X-Amzn-Bedrock-Input-Token-Count", String(inputTokens)]);
  // the API model has these two; their place among the others is inferred
  if (latency !== undefined) headers.push(["X-Amzn-Bedrock-PerformanceConfig-Latency", latency]);
  if (serviceTier !== undefined) headers.push(["X-Amzn-Bedrock-Service-Tier", serviceTier]);
  return headers;
}
