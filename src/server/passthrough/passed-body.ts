import { EVENT_STREAM_TYPE, StreamTail } from "../../bedrock/index.js";
import { ReaderStalledError, UpstreamCutError } from "../errors.js";
import type { ServerRequest } from "../request.js";
import type { PassedBody } from "../transport/index.js";
import type { PassedAnswer } from "./amazon-bedrock.js";
import { valueOf } from "./passed-headers.js";

/**
 * The body of an answer, to be written as it comes. Its frames go by unread, but the last one, which tells the tokens once it has been sent. A stream that
 * ends within a frame was cut, however it ended.
 *
 * @param upstream - what the log calls the service
 */
export function passedBody(
  { headers, body }: PassedAnswer,
  upstream: string,
  request: ServerRequest,
): PassedBody {
  const tail = isEventStream(headers) ? new StreamTail() : undefined;
  return {
    readable: body,
    see: (part) => tail?.push(part),
    end() {
      if (tail?.isWithinFrame) throw new UpstreamCutError(upstream);
      const usage = tail?.usage();
      if (!usage) return;
      request.emit({ type: "promptCounted", tokens: usage.inputTokens });
      request.emit({ type: "generationCounted", tokens: usage.outputTokens });
    },
    failure(error) {
      // aborted: the client has gone, or the server closes
      if (request.signal.aborted) return request.signal.reason as unknown;
      const isTold = error instanceof UpstreamCutError || error instanceof ReaderStalledError;
      return isTold ? error : new UpstreamCutError(upstream, { cause: error });
    },
  };
}

/** Whether the answer is a stream of frames. */
export function isEventStream(headers: PassedAnswer["headers"]): boolean {
  return valueOf(headers, "content-type")?.toLowerCase().startsWith(EVENT_STREAM_TYPE) === true;
}
