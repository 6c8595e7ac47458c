import {
  encodeErrorResponse,
  encodeExceptionFrame,
  type BedrockException,
  type ExceptionType,
  operationMissing,
  UNKNOWN_OPERATION_BODY,
} from "../bedrock/index.js";
import { isPreflight, preflightHeaders } from "./callers/index.js";
import { headOf } from "./head.js";
import { PREFLIGHT } from "./observe/index.js";
import type { Operation } from "./operations/index.js";
import { type Reply, type BodyReply, bodyReply, emptyReply } from "./reply.js";
import { type RequestContext, ServerRequest } from "./request.js";
import { findMissingOperation, findOperation } from "./router.js";
import type { Services } from "./services.js";
import { isUnanswerable, toException, toStreamException } from "./to-exception.js";
import {
  endDelayed,
  type Exchange,
  type SilenceWatch,
  writeBody,
  writePassed,
  writeStream,
} from "./transport/index.js";

/** What a server needs to answer a request. */
export interface ServerContext extends Services, RequestContext {
  readonly silenceWatch: SilenceWatch;
}

/**
 * Answers one request, from its head to the last byte of its response. Never throws.
 *
 * Read this file from top to bottom to follow a request through the server. If the end of a stream is delayed, the request's resources
 * are released before the delay; only a server that is closing waits for the end itself.
 */
export async function handle(exchange: Exchange, server: ServerContext): Promise<void> {
  const request = new ServerRequest(exchange, server);
  let delaysEnd = false;
  try {
    const { operation, reply } = await answer(request, server);
    if (exchange.isUnread) {
      // nobody else waits for a slot that is only held for a body that nobody reads
      request.release();
      await exchange.discardBody(request.signal);
    }
    if ("body" in reply) request.answered();
    const requestId = operation?.open ? undefined : request.id;
    const head = headOf(reply, { requestId, answersAs: request.standIn ?? request.answersAs });
    const headers = [...head.headers, ...server.callers.headers(request, head.headers)];
    exchange.writeHead({ ...head, headers }, server.running.draining);
    request.emit({ type: "responded", status: reply.status, streamed: isStreamed(reply) });
    if ("stream" in reply) {
      const { stream } = reply;
      await writeStream(exchange, stream, server, {
        isWanted: () => request.isSequenceWanted(),
        exceptionFrame: (error) => exceptionFrame(error, request, stream.exceptions),
      });
    } else if ("passed" in reply) await writePassed(exchange, reply.passed, server);
    else await writeBody(exchange, reply.body, server);
    delaysEnd = exchange.delaysEnd;
  } catch (error) {
    request.abort(error);
  } finally {
    request.finish();
  }
  if (delaysEnd) await endDelayed(exchange, server.limits);
  request.deregister();
}

function isStreamed(reply: Reply): boolean {
  return "passed" in reply ? reply.streamed : "stream" in reply;
}

/** A reply, and the operation that made it. */
interface Answer {
  /** Undefined if no operation has the request's method and path. */
  readonly operation: Operation | undefined;
  readonly reply: Reply;
}

/**
 * Decides the reply. `order-of-checks.ts` lists the order of these checks and of those in the operations.
 *
 * @throws only when no reply can or may be sent: {@link ClientGoneError}, {@link ReaderStalledError},
 * {@link RequestTimeoutError}, {@link FaultCutError}.
 */
async function answer(request: ServerRequest, server: ServerContext): Promise<Answer> {
  const found = findOperation(request.method, request.path);
  const route = found && server.offers(found.operation.name) ? found : undefined;
  const name = isPreflight(request) ? PREFLIGHT : route?.operation.name;
  // told first, so that a caller who is refused is known by what it called
  if (name !== undefined) request.emit({ type: "routed", operation: name });
  try {
    server.callers.check(request);
  } catch (error) {
    const exception = toException(error, request.resource);
    request.emit({ type: "refused", exception });
    return { operation: undefined, reply: refusal(exception) };
  }
  // before credentials, which a preflight never has
  if (name === PREFLIGHT) return { operation: undefined, reply: emptyReply(preflightHeaders(request)) };
  // check: route
  if (!route) return { operation: undefined, reply: unknownOperation(request) };
  const { operation, resource } = route;
  request.resource = resource;
  try {
    if (!operation.open) {
      // check: credentials, as far as the head tells; nothing is held for a caller whose key is unknown
      const proof = await server.authenticator.identify(request);
      request.admit(proof === undefined);
      // check: signature
      await proof?.verify();
      request.prove();
      request.faults = server.faults.draw(operation.name);
    }
    // the checks that follow are the operation's, or those of the service that answers for it
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

/**
 * An operation of Bedrock's that Cria lacks is refused by name, in a form that SDKs read. For any other route the media type is
 * inferred.
 */
function unknownOperation(request: ServerRequest): BodyReply {
  const name = findMissingOperation(request.method, request.path);
  if (name !== undefined) {
    const exception = operationMissing(name);
    request.emit({ type: "missing", operation: name });
    request.emit({ type: "refused", exception });
    return refusal(exception);
  }
  return bodyReply(UNKNOWN_OPERATION_BODY, {}, { status: 404, type: "application/xml" });
}

/**
 * The exception frame that ends a failed stream. Status 200 has been sent by then, so an exception frame is the only way to report the
 * failure that every SDK understands (measured).
 *
 * @param modelled - the exceptions that the operation's stream may carry
 * @throws `error` itself if no reply can or may be sent.
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
