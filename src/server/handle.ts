import {
  encodeErrorResponse,
  encodeExceptionFrame,
  type BedrockException,
  type ExceptionType,
  tooManyRequests,
  UNKNOWN_OPERATION_BODY,
} from "../bedrock/index.js";
import { headOf } from "./head.js";
import type { Operation } from "./operations/index.js";
import { type Reply, type BodyReply, bodyReply } from "./reply.js";
import { type RequestContext, ServerRequest } from "./request.js";
import { findOperation } from "./router.js";
import type { Services } from "./services.js";
import { isUnanswerable, toException, toStreamException } from "./to-exception.js";
import { endDelayed, type Exchange, type SilenceWatch, writeStream, writeBody } from "./transport/index.js";

/** What a server answers its requests with. */
export interface ServerContext extends Services, RequestContext {
  readonly silenceWatch: SilenceWatch;
}

/**
 * Answers one request, from its head to the last byte of its response. Never throws.
 *
 * This page is the server: read it from top to bottom as a request lives. Where the end of a stream is held back for its reader, all
 * that the request holds is given back before; only a server that closes waits for that end.
 */
export async function handle(exchange: Exchange, server: ServerContext): Promise<void> {
  const request = new ServerRequest(exchange, server);
  let delaysEnd = false;
  try {
    const { operation, reply } = await answer(request, server);
    const requestId = operation?.open ? undefined : request.id;
    exchange.writeHead(headOf(reply, { requestId, standIn: request.standIn }), server.running.closing);
    request.emit({ type: "responded", status: reply.status });
    if ("stream" in reply) {
      const { stream } = reply;
      await writeStream(exchange, stream, server, (error) =>
        exceptionFrame(error, request, stream.exceptions),
      );
    } else await writeBody(exchange, reply.body, server);
    delaysEnd = exchange.delaysEnd;
  } catch (error) {
    request.abort(error);
  } finally {
    request.finish();
  }
  if (delaysEnd) await endDelayed(exchange, server.limits);
  request.deregister();
}

/** What is answered, and by which operation. */
interface Answer {
  /** Undefined where no operation has the request's method and path. */
  readonly operation: Operation | undefined;
  readonly reply: Reply;
}

/**
 * Finds out what to answer. The order of these checks and of those in the operations stands in `order-of-checks.ts`.
 *
 * @throws only where there is nobody to answer, or is to be none: {@link ClientGoneError}, {@link ReaderStalledError},
 * {@link RequestTimeoutError}, {@link FaultCutError}.
 */
async function answer(request: ServerRequest, server: ServerContext): Promise<Answer> {
  // check: route
  const route = findOperation(request.method, request.path);
  if (!route) return { operation: undefined, reply: unknownOperation() };
  const { operation, resource } = route;
  request.resource = resource;
  request.emit({ type: "routed", operation: operation.name });
  try {
    if (!operation.open) {
      // before anything is read for it: what Bedrock says to too many requests, and most SDKs repeat later
      if (request.overloaded) throw tooManyRequests();
      // check: credentials
      await server.authenticator.authenticate(request);
      request.faults = server.faults.draw(operation.name);
    }
    // check: model, and all that follow
    return { operation, reply: await operation.run(request, server) };
  } catch (error) {
    if (isUnanswerable(error)) throw error;
    const exception = toException(error, request.resource);
    request.emit({ type: "refused", exception });
    return { operation, reply: refusal(exception) };
  }
}

function refusal(exception: BedrockException): BodyReply {
  const { status, errorType, body } = encodeErrorResponse(exception);
  return { ...bodyReply(body, {}, { status }), errorType };
}

/** Its media type is inferred. */
function unknownOperation(): BodyReply {
  return bodyReply(UNKNOWN_OPERATION_BODY, {}, { status: 404, type: "application/xml" });
}

/**
 * The exception frame that ends a stream which fails: status 200 is out, so it is the one way to tell every SDK (measured).
 *
 * @param modelled - the exceptions that the operation's stream may carry
 * @throws `error` itself where nobody is to be told.
 */
function exceptionFrame(
  error: unknown,
  request: ServerRequest,
  modelled: ReadonlySet<ExceptionType>,
): Uint8Array {
  if (isUnanswerable(error)) throw error;
  const exception = toStreamException(error, modelled);
  request.emit({ type: "failed", exception });
  return encodeExceptionFrame(exception);
}
