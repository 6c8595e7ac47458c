import {
  encodeErrorResponse,
  EVENT_STREAM_TYPE,
  JSON_TYPE,
  type BedrockException,
  type ExceptionType,
  type FrameCodec,
  UNKNOWN_OPERATION_BODY,
} from "../bedrock/index.js";

/**
 * A response as Amazon sends it over HTTP/1.1: all headers, in order. A transport leaves out those that its protocol has no
 * place for.
 */
export interface ApiResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | EventStream;
}

/**
 * A streamed body as an operation tells it. Who serves the request makes frames of it.
 *
 * @typeParam E - what the operation tells, an event a frame; none of who serves it looks inside
 */
export interface EventStream<E = unknown> {
  /** Iterated once. What iterating throws ends the stream, as one of {@link exceptions}. */
  readonly events: AsyncIterable<E>;
  readonly frames: FrameCodec<E>;
  /** What may end it (API model). */
  readonly exceptions: ReadonlySet<ExceptionType>;
  /** Whether an event that is awaited is so since the engine's next token is, and not by the wish of a fault. */
  awaitsEngine(): boolean;
}

type ExtraHeaders = ApiResponse["headers"];

const utf8 = new TextEncoder();

/** A whole body. */
export function wholeResponse(
  status: number,
  requestId: string,
  text: string,
  extra: ExtraHeaders = [],
  type = JSON_TYPE,
): ApiResponse {
  const body = utf8.encode(text);
  const headers = [
    ["Date", new Date().toUTCString()],
    ["Content-Type", type],
    ["Content-Length", String(body.length)],
    ["Connection", "keep-alive"],
    ["x-amzn-RequestId", requestId],
    ...extra,
  ] as const;
  return { status, headers, body };
}

/** A stream of frames. */
export function streamResponse<E>(
  requestId: string,
  body: EventStream<E>,
  extra: ExtraHeaders = [],
): ApiResponse {
  const headers = [
    ["Date", new Date().toUTCString()],
    ["Content-Type", EVENT_STREAM_TYPE],
    ["Transfer-Encoding", "chunked"],
    ["Connection", "keep-alive"],
    ["x-amzn-RequestId", requestId],
    ...extra,
  ] as const;
  return { status: 200, headers, body };
}

/** A refusal, or a failure before anything was answered. */
export function exceptionResponse(requestId: string, exception: BedrockException): ApiResponse {
  const { status, errorType, body } = encodeErrorResponse(exception);
  return wholeResponse(status, requestId, body, [["x-amzn-ErrorType", errorType]]);
}

/** No operation has this method and path. Its media type is inferred. */
export function unknownOperationResponse(requestId: string): ApiResponse {
  return wholeResponse(404, requestId, UNKNOWN_OPERATION_BODY, [], "application/xml");
}
