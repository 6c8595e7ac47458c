import { type LlamaModel, type NamedModel, parseModelId } from "../bedrock/index.js";
import type { ServerRequest } from "./request.js";

/** The region of a request that isn't signed. */
const DEFAULT_REGION = "us-east-1";

/** Key id, date, region, service and terminator: in the `Authorization` header of a signed request, or the query of a presigned one. */
const CREDENTIAL =
  /(?:\bCredential=|[?&]X-Amz-Credential=)[^/%,\s]+(?:\/|%2F)\d{8}(?:\/|%2F)(?<region>[a-z0-9-]{1,20})(?:\/|%2F)/iu;

/** The region that a request was signed for, which is its client's region; `us-east-1` if it isn't signed. */
export function requestRegion(request: ServerRequest): string {
  const found = CREDENTIAL.exec(request.header("authorization") ?? "") ?? CREDENTIAL.exec(request.path);
  return found?.groups?.["region"] ?? DEFAULT_REGION;
}

/** How a request of the runtime names its model. */
export function namedModel(request: ServerRequest, model: LlamaModel): NamedModel {
  const parsed = parseModelId(request.resource);
  return {
    model,
    bare: parsed !== undefined && parsed.profile === undefined,
    region: parsed?.region ?? requestRegion(request),
  };
}
