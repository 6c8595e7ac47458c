import { EngineBusyError, EngineStoppedError, EngineUnavailableError } from "../../engine/index.js";
import type { Upstream } from "../../fleet/index.js";
import { NoAmazonCredentialsError } from "../errors.js";
import type { Reply } from "../reply.js";
import type { ServerRequest } from "../request.js";

/**
 * Has the first upstream answer that can. One that is known to be down is passed over, unless all are. Once an answer has begun it is that upstream's to the
 * end, so that no caller ever gets parts of two.
 *
 * @param ask - has one answer; `isLast` if there is no other to ask
 * @throws what asking the last one threw
 */
export async function askInOrder<U extends Upstream>(
  upstreams: readonly U[],
  request: ServerRequest,
  ask: (upstream: U, isLast: boolean) => Promise<Reply>,
): Promise<Reply> {
  const passOver = ({ name }: U, reason: string) =>
    request.emit({ type: "upstreamPassedOver", name, reason });
  const up = upstreams.filter(({ isDown }) => !isDown);
  const asked = up.length > 0 ? up : upstreams;
  for (const each of upstreams) if (!asked.includes(each)) passOver(each, reasonOf(each));
  for (const [i, upstream] of asked.entries()) {
    const isLast = i === asked.length - 1;
    try {
      return await ask(upstream, isLast);
    } catch (error) {
      if (isLast || !isUnavailable(error, request)) throw error;
      request.answersAs = undefined;
      passOver(upstream, detailOf(error));
    }
  }
  // there is at least one
  throw new EngineUnavailableError("Nobody answers for the model.", false);
}

/**
 * Whether an upstream couldn't take a request: it isn't there, isn't ready, has no credentials, or no room. One that takes it and fails has answered, even if
 * nothing of that has been sent: it may have cost as much as a whole answer.
 */
function isUnavailable(error: unknown, { isGenerating }: ServerRequest): error is Error {
  return (
    error instanceof EngineUnavailableError ||
    error instanceof EngineBusyError ||
    error instanceof NoAmazonCredentialsError ||
    // its connection broke before it said anything; one that refuses the request, fails at it or falls silent has taken it
    (error instanceof EngineStoppedError && error.broke && !isGenerating)
  );
}

/** What happened, for the log: what an error says itself is for callers. */
function detailOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}

function reasonOf(upstream: Upstream): string {
  const health = upstream.health();
  return health.ready ? "" : health.reason;
}
