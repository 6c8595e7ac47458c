import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { LlamaCallOptions } from "./options.js";

/** What Cria answers beside Bedrock's own response. */
export interface CriaResponse {
  /** The stand-in that answered; undefined where the model asked for did, as on AWS. */
  standIn: string | undefined;
}

/**
 * Makes `client`, which is of one call only, send Cria's own request headers, and read Cria's response header into what is
 * returned. Amazon gets nothing that it doesn't know: there the client is left as it is.
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

/** The server percent-encodes what a header can't hold; another server may not. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What the SDK calls `unknown`: a request or response of its HTTP protocol. */
interface HttpMessage {
  readonly headers: Record<string, string>;
}
