import type { ApiRequest } from "../../api-request.js";

/** Where a request doesn't say. */
const ANY_REGION = "us-east-1";

/** Key id, date, region, service and terminator: in the header of a signed request, or in the query of a presigned one. */
const CREDENTIAL =
  /(?:\bCredential=|[?&]X-Amz-Credential=)[^/%,\s]+(?:\/|%2F)\d{8}(?:\/|%2F)(?<region>[a-z0-9-]{1,20})(?:\/|%2F)/iu;

/** The region that a request was signed for, which is the one that its program is set to; `us-east-1` where it isn't signed. */
export function requestRegion(request: ApiRequest): string {
  const found = CREDENTIAL.exec(request.header("authorization") ?? "") ?? CREDENTIAL.exec(request.path);
  return found?.groups?.["region"] ?? ANY_REGION;
}
