import { EngineBusyError, EngineUnavailableError } from "../../engine/index.js";
import { sentences } from "../../platform/index.js";
import { NoAmazonCredentialsError } from "../errors.js";
import { injectWithoutGeneration } from "../faults/index.js";
import type { PassedReply } from "../reply.js";
import type { ServerRequest } from "../request.js";
import { type AmazonBedrock, isTemporary, type PassedAnswer } from "./amazon-bedrock.js";
import { headersToPass, headersToReturn, valueOf } from "./passed-headers.js";
import { isEventStream, passedBody } from "./passed-body.js";

/** How a request is passed on. */
export interface PassOptions {
  /** Percent-encoded, without a query. */
  readonly path: string;
  /** Whether somebody else would answer instead, so that Amazon's refusal for want of room or of credentials isn't the caller's answer. */
  readonly replaceable: boolean;
}

/**
 * Passes a request on to Amazon Bedrock: the bytes of its body, and the headers that Bedrock's API knows, signed anew. What comes back is the
 * reply, whatever it is.
 *
 * @throws {BedrockException} a fault is injected, or the body is too long for Bedrock.
 * @throws {NoAmazonCredentialsError} there are no credentials.
 * @throws {EngineUnavailableError} {@link EngineBusyError} Amazon can't be reached; or it answered so and is replaceable.
 */
export async function passThrough(
  request: ServerRequest,
  bedrock: AmazonBedrock,
  { path, replaceable }: PassOptions,
): Promise<PassedReply> {
  const body = await request.body();
  // check: throttling
  await injectWithoutGeneration(request);
  const headers = [...headersToPass(request), ...Object.entries(request.traceHeaders ?? {})];
  const answer = await send(request, bedrock, { path, headers, body });
  request.onEnd(() => void answer.body.destroy());
  const { status } = answer;
  const exception = status < 400 ? undefined : valueOf(answer.headers, "x-amzn-errortype")?.split(":")[0];
  const refusesUs = exception !== undefined && OF_CREDENTIALS.has(exception);
  if (refusesUs) {
    bedrock.refused();
    request.emit({ type: "advised", advice: refusedAdvice(exception) });
  }
  if (replaceable && (refusesUs || isTemporary(status))) throw unavailable(bedrock, answer, exception);
  request.emit({ type: "modelChosen", name: bedrock.name, standIn: false });
  const requestId = valueOf(answer.headers, "x-amzn-requestid");
  request.emit({ type: "passedOn", requestId, exception });
  countTokens(request, answer);
  return {
    status,
    headers: headersToReturn(answer.headers),
    streamed: isEventStream(answer.headers),
    passed: passedBody(answer, bedrock.name, request),
  };
}

/** What Amazon says of credentials that it doesn't take. They are Cria's, whatever the caller's are. */
const OF_CREDENTIALS: ReadonlySet<string> = new Set([
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "UnrecognizedClientException",
]);

function refusedAdvice(exception: string): string {
  return `Amazon refused Cria's AWS credentials, not the caller's (${exception}). Renew them, or correct this machine's clock; Cria looks for them again at the next request.`;
}

async function send(
  request: ServerRequest,
  bedrock: AmazonBedrock,
  passed: Parameters<AmazonBedrock["send"]>[0],
): Promise<PassedAnswer> {
  try {
    return await bedrock.send(passed, request.signal);
  } catch (error) {
    if (error instanceof NoAmazonCredentialsError)
      request.emit({ type: "advised", advice: sentences(error.advice, error.reason) });
    throw error;
  }
}

function unavailable(
  { name }: AmazonBedrock,
  { status, body }: PassedAnswer,
  exception: string | undefined,
): Error {
  void body.dump();
  const words = `${name} answered ${exception === undefined ? status : `${status}, ${exception}`}.`;
  return status === 429 ? new EngineBusyError(words) : new EngineUnavailableError(words, false);
}

/** InvokeModel's head tells the tokens. */
function countTokens(request: ServerRequest, { headers }: PassedAnswer): void {
  const input = Number(valueOf(headers, "x-amzn-bedrock-input-token-count") ?? NaN);
  const output = Number(valueOf(headers, "x-amzn-bedrock-output-token-count") ?? NaN);
  if (Number.isInteger(input)) request.emit({ type: "promptCounted", tokens: input });
  if (Number.isInteger(output)) request.emit({ type: "generationCounted", tokens: output });
}
