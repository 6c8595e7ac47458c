import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { LlamaCallOptions } from "./options.js";

/** Cria's additions to Bedrock's response. */
export interface CriaResponse {
  /** The name of the stand-in that answered; undefined if the requested model did, as on AWS. */
  standIn: string | undefined;
}

/**
 * Adds middleware to `client`, which serves a single call: it sends Cria's own request headers, and copies Cria's response header into
 * the returned object. A client for AWS is left unchanged.
 */
export function exchangeHeaders(
  client: BedrockRuntimeClient,
  { on, raw, seed }: LlamaCallOptions,
): CriaResponse {
  const answer: CriaResponse = { standIn: undefined };
  if (on === "aws") return answer;
  const sent = {
    ...(raw === true && { "x-cria-raw": "true" }),
    ...(seed !== undefined && { "x-cria-seed": String(seed) }),
  };
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign((args.request as HttpMessage).headers, sent);
      const result = await next(args);
      const name = (result.response as HttpMessage).headers["x-cria-model"];
      answer.standIn = name === undefined ? undefined : decode(name);
      return result;
    },
    { step: "build", name: "criaHeaders" },
  );
  return answer;
}

/** Cria percent-encodes characters that a header can't hold; another server may not, and then the name is used as it is. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** An HTTP request or response of the SDK, which types it as `unknown`. */
interface HttpMessage {
  readonly headers: Record<string, string>;
}
