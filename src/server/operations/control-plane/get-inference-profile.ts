import { inferenceProfile, inferenceProfileNotFound, parseModelId } from "../../../bedrock/index.js";
import { bodyReply } from "../../reply.js";
import type { Operation } from "../operation.js";
import { injectWithoutGeneration } from "../../faults/index.js";
import { requestRegion } from "../request-region.js";

/** `GET /inference-profiles/{inferenceProfileIdentifier}`: one inference profile, by its id or ARN (control plane). */
export const getInferenceProfile: Operation = {
  name: "GetInferenceProfile",
  method: "GET",
  path: "/inference-profiles/:id",
  async run(request) {
    const { resource: id } = request;
    request.emit({ type: "modelNamed", modelId: id });
    const parsed = parseModelId(id);
    // the id of a model isn't the id of a profile
    if (parsed?.profile === undefined) throw inferenceProfileNotFound();
    await injectWithoutGeneration(request);
    const { profile, model, region = requestRegion(request) } = parsed;
    return bodyReply(JSON.stringify(inferenceProfile(profile, model, region)));
  },
};
