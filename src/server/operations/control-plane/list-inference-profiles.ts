import { INFERENCE_PROFILE_TYPES, inferenceProfilesOf } from "../../../bedrock/index.js";
import { bodyReply } from "../../reply.js";
import type { Operation } from "../operation.js";
import { injectWithoutGeneration } from "../../faults/index.js";
import { pageOf, QueryReader } from "./query.js";
import { requestRegion } from "../request-region.js";

/** The largest page size (API model), and the default (inferred). */
const MAX_PAGE = 1000;

/** The pattern of a pagination token (API model). */
const TOKEN_PATTERN = "\\S*";

/** `GET /inference-profiles`: the inference profiles of Llama models in the caller's region (control plane). */
export const listInferenceProfiles: Operation = {
  name: "ListInferenceProfiles",
  method: "GET",
  path: "/inference-profiles",
  async run(request) {
    const query = new QueryReader(request);
    const size = query.whole("maxResults", 1, MAX_PAGE) ?? MAX_PAGE;
    const token = query.matching("nextToken", TOKEN_PATTERN);
    const type = query.choice("type", INFERENCE_PROFILE_TYPES, "typeEquals");
    query.finish();
    await injectWithoutGeneration(request);
    const profiles = inferenceProfilesOf(requestRegion(request)).filter(
      (profile) => type === undefined || profile.type === type,
    );
    const { items, nextToken } = pageOf(profiles, (profile) => profile.inferenceProfileId, size, token);
    const body = JSON.stringify({ inferenceProfileSummaries: items, nextToken });
    return bodyReply(body);
  },
};
