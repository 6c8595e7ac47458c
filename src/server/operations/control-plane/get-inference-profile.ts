import {
  applicationProfile,
  inferenceProfile,
  type InferenceProfile,
  inferenceProfileNotFound,
  parseModelId,
} from "../../../bedrock/index.js";
import { bodyReply } from "../../reply.js";
import type { ServerRequest } from "../../request.js";
import type { Operation } from "../operation.js";
import { injectWithoutGeneration } from "../../faults/index.js";
import { requestRegion } from "../../request-region.js";

/**
 * `GET /inference-profiles/{inferenceProfileIdentifier}`: one inference profile, by its id or ARN (control plane). Among them are the
 * application inference profiles whose ARNs are mapped: programs ask which model is behind one.
 */
export const getInferenceProfile: Operation = {
  name: "GetInferenceProfile",
  method: "GET",
  path: "/inference-profiles/:id",
  async run(request, { modelMap }) {
    const { resource: id } = request;
    request.emit({ type: "modelNamed", modelId: id });
    const mapped = modelMap.applicationProfiles.find(({ arn }) => arn.text === id || arn.id === id);
    const profile = mapped ? applicationProfile(mapped.arn, mapped.model) : systemProfile(request);
    await injectWithoutGeneration(request);
    return bodyReply(JSON.stringify(profile));
  },
};

function systemProfile(request: ServerRequest): InferenceProfile {
  const parsed = parseModelId(request.resource);
  // the id of a model isn't the id of a profile
  if (parsed?.profile === undefined) throw inferenceProfileNotFound();
  const { profile, model, region = requestRegion(request) } = parsed;
  return inferenceProfile(profile, model, region);
}
