import { applicationProfile, INFERENCE_PROFILE_TYPES, inferenceProfilesOf } from "../../../bedrock/index.js";
import { bodyReply } from "../../reply.js";
import { requestRegion } from "../../request-region.js";
import type { Operation } from "../operation.js";
import { injectWithoutGeneration } from "../../faults/index.js";
import { pageOf, QueryReader } from "./query.js";

/** The largest page size (API model), and the default (inferred). */
const MAX_PAGE = 1000;

/** The pattern of a pagination token (API model). */
const TOKEN_PATTERN = "\\S*";

/**
 * `GET /inference-profiles`: the inference profiles of Llama models in the caller's region (control plane), Bedrock's own first, then
 * the mapped application inference profiles. That both come where the type isn't asked for is inferred.
 */
export const listInferenceProfiles: Operation = {
  name: "ListInferenceProfiles",
  method: "GET",
  path: "/inference-profiles",
  async run(request, { modelMap }) {
    const query = new QueryReader(request);
    const size = query.whole("maxResults", 1, MAX_PAGE) ?? MAX_PAGE;
    const token = query.matching("nextToken", TOKEN_PATTERN);
    const type = query.choice("type", INFERENCE_PROFILE_TYPES, "typeEquals");
    query.finish();
    await injectWithoutGeneration(request);
    const region = requestRegion(request);
    const mapped = modelMap.applicationProfiles.filter(({ arn }) => arn.region === region);
    const profiles = [
      ...inferenceProfilesOf(region),
      ...mapped.map(({ arn, model }) => applicationProfile(arn, model)),
    ].filter((profile) => type === undefined || profile.type === type);
    // two accounts may have a profile with the same id
    const { items, nextToken } = pageOf(profiles, (profile) => profile.inferenceProfileArn, size, token);
    const body = JSON.stringify({ inferenceProfileSummaries: items, nextToken });
    return bodyReply(body);
  },
};
