import { BedrockException } from "../../bedrock/index.js";
import {
  EngineBusyError,
  EngineChatError,
  EngineImagesError,
  EngineStoppedError,
  EngineUnavailableError,
} from "../../engine/index.js";
import type { Upstream } from "../../fleet/index.js";
import { NoAmazonCredentialsError } from "../errors.js";
import type { Reply } from "../reply.js";
import type { ServerRequest } from "../request.js";

/**
 * Has the first upstream answer that can. One that is known to be down is passed over, unless all are. Once an answer has begun it is that upstream's to the
 * end, so that no caller ever gets parts of two.
 *
 * One that can't take a request's images is passed over too.
 *
 * @param ask - has one answer; `isLast` if there is no other to ask
 * @throws what asking the last one threw, of those that could have taken the request if there are any
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
  // of one that could have taken the request, which is worth more to the caller than that another can't see
  let failure: unknown;
  for (const [i, upstream] of asked.entries()) {
    const isLast = i === asked.length - 1;
    try {
      return await ask(upstream, isLast);
    } catch (error) {
      const cannotSee = isOfImages(error);
      if (isLast) throw cannotSee && failure !== undefined ? failure : error;
      if (!cannotSee && !isUnavailable(error, request)) throw error;
      if (!cannotSee) failure = error;
      request.answersAs = undefined;
      passOver(upstream, detailOf(error));
    }
  }
  // there is at least one
  throw new EngineUnavailableError("Nobody answers for the model.", false);
}

/**
 * Whether another upstream may do better: this one isn't there, isn't ready, has no credentials, or no room, or it failed before the answer began. Not where
 * it refuses the request itself. Amazon's answer has begun once there is any, since it may have to be paid.
 */
function isUnavailable(error: unknown, { isGenerating }: ServerRequest): error is Error {
  return (
    error instanceof EngineUnavailableError ||
    error instanceof EngineBusyError ||
    error instanceof NoAmazonCredentialsError ||
    (error instanceof EngineStoppedError && !error.refused && !isGenerating)
  );
}

/** Whether an upstream can't take a request because of its images. */
function isOfImages(error: unknown): error is Error {
  return (
    error instanceof EngineChatError ||
    (error instanceof BedrockException && error.cause instanceof EngineImagesError)
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
