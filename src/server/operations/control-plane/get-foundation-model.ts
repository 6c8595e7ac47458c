import { foundationModel, invalidModelId, parseModelId } from "../../../bedrock/index.js";
import { bodyReply } from "../../reply.js";
import type { Operation } from "../operation.js";
import { injectWithoutGeneration } from "../../faults/index.js";
import { requestRegion } from "../../request-region.js";

/**
 * `GET /foundation-models/{modelIdentifier}`: one Llama model, by its id or ARN (control plane). The id of an inference profile gives
 * the model that it routes to, and a mapped ARN the model behind it. The message for an unknown id is InvokeModel's (inferred).
 */
export const getFoundationModel: Operation = {
  name: "GetFoundationModel",
  method: "GET",
  path: "/foundation-models/:id",
  async run(request, { modelMap }) {
    const { resource: id } = request;
    request.emit({ type: "modelNamed", modelId: id });
    const parsed = parseModelId(id);
    const model = parsed?.model ?? modelMap.modelBehind(id);
    if (!model) throw invalidModelId();
    await injectWithoutGeneration(request);
    const region = parsed?.profile === undefined ? parsed?.region : undefined;
    const modelId = parsed?.modelId ?? model.id;
    const modelDetails = foundationModel(model, modelId, region ?? requestRegion(request));
    return bodyReply(JSON.stringify({ modelDetails }));
  },
};
