import type { Logger } from "pino";

import { exceptionTypes, type BedrockException } from "../../bedrock/index.js";
import type { RequestEvent, RequestWatcher } from "./events.js";
import { PREFLIGHT, watchesServer } from "./watches-server.js";

/** The log line of one request, in this order of keys; it never holds a prompt or a generation. */
interface LogLine {
  readonly requestId: string;
  /** Only if the request belongs to a trace. */
  readonly traceId?: string;
  readonly method: string;
  readonly protocol: string;
  /** Only if no operation of Cria's matches the request. */
  path?: string;
  operation?: string;
  modelId?: string;
  /** The model that `modelId`, an ARN, was mapped to. */
  mappedTo?: string;
  /** What whoever runs the server can do so that such requests succeed. */
  advice?: string;
  fault?: string;
  /** The upstreams that couldn't answer, and why. */
  passedOver?: string;
  /** The name of the model that answers, or of the service. */
  answeredBy?: string;
  standIn?: boolean;
  promptTokens?: number;
  generatedTokens?: number;
  timeToFirstTokenMs?: number;
  stopReason?: string;
  /** The response's `x-amzn-RequestId`, where another service gave the response. */
  upstreamRequestId?: string | undefined;
  /** Left out if the client disconnected before the response began. */
  status?: number;
  /** The exception that was the response, or that ended the stream. */
  exception?: string;
  /** The client disconnected or stopped reading before the end. */
  abortedByClient?: boolean;
  /** The cause of a failure of the server. */
  err?: unknown;
  durationMs?: number;
}

/** The logged length of an unknown path, in characters: enough to recognize the operation. */
const LOGGED_PATH = 200;

/** The logged length of an advice, in characters: enough for one that has a name of DNS, 253 characters, twice. */
const LOGGED_ADVICE = 700;

/** From this status on, an exception is the server's fault and its cause is logged. */
const SERVER_FAULT = 424;

/** What becomes of a request; `unknown`: no operation of Cria's matches it. */
type Course = "unknown" | "routed" | "callerRefused";

/** Logs one line for each request, when it has ended. */
export function logRequests(logger: Logger): RequestWatcher {
  return ({ requestId, trace, method, protocol, path, startedAt }) => {
    const line: LogLine = {
      requestId,
      ...(trace && { traceId: trace.traceId }),
      ...{ method, protocol, path: path.slice(0, LOGGED_PATH) },
    };
    let course: Course = "unknown";
    return (event) => {
      note(line, event, startedAt);
      if (event.type === "routed" || event.type === "callerRefused") course = event.type;
      else if (event.type === "ended") write(logger, line, course);
    };
  };
}

function note(line: LogLine, event: RequestEvent, startedAt: number): void {
  switch (event.type) {
    case "routed":
      line.operation = event.operation;
      delete line.path;
      break;
    case "missing":
      line.operation = event.operation;
      break;
    case "modelNamed":
      line.modelId = event.modelId;
      break;
    case "modelFound":
      if (event.mapped) line.mappedTo = event.modelId;
      break;
    case "advised":
    case "callerRefused":
      line.advice = event.advice.slice(0, LOGGED_ADVICE);
      break;
    case "faultInjected":
      line.fault = line.fault === undefined ? event.kind : `${line.fault}, ${event.kind}`;
      break;
    case "modelChosen":
      line.answeredBy = event.name;
      line.standIn = event.standIn;
      break;
    case "upstreamPassedOver": {
      const one = event.reason.includes(event.name) ? event.reason : `${event.name}: ${event.reason}`;
      line.passedOver = line.passedOver === undefined ? one : `${line.passedOver} | ${one}`;
      break;
    }
    case "passedOn":
      line.upstreamRequestId = event.requestId;
      if (event.exception !== undefined) line.exception = event.exception;
      break;
    case "generationCounted":
      line.generatedTokens = event.tokens;
      break;
    case "promptCounted":
      line.promptTokens = event.tokens;
      break;
    case "token":
      line.generatedTokens = event.count;
      if (event.count === 1) line.timeToFirstTokenMs = Math.round(performance.now() - startedAt);
      break;
    case "stopped":
      line.stopReason = event.reason;
      break;
    case "refused":
    case "failed":
      noteException(line, event.exception);
      break;
    case "responded":
      line.status = event.status;
      break;
    case "aborted":
      if (event.by === "client") line.abortedByClient = true;
      else if (event.by === "server") line.err = event.error;
      break;
    case "ended":
      line.durationMs = Math.round(event.durationMs);
  }
}

function noteException(line: LogLine, { type, cause }: BedrockException): void {
  line.exception = type;
  if (exceptionTypes[type] >= SERVER_FAULT && cause !== undefined) line.err = cause;
}

/**
 * Failures of the server are logged as errors; what its operator can mend, an operation that Cria lacks or a caller that isn't allowed,
 * as a warning; health checks, scrapes and preflights at debug level.
 */
function write(logger: Logger, line: LogLine, course: Course): void {
  const operation = line.operation ?? "unknown operation";
  if (line.err !== undefined) logger.error(line, operation);
  else if (line.abortedByClient) logger.info(line, `${operation}, aborted by the client`);
  else if (course === "callerRefused") logger.warn(line, `${operation}, refused because of who calls`);
  else if (watchesServer(operation) || operation === PREFLIGHT) logger.debug(line, operation);
  else if (course === "unknown") logger.warn(line, `Cria has no ${line.operation ?? "such operation"}`);
  else logger.info(line, operation);
}
