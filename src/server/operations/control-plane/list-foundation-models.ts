import {
  foundationModels,
  INFERENCE_TYPES,
  MODEL_CUSTOMIZATIONS,
  MODEL_MODALITIES,
} from "../../../bedrock/index.js";
import { bodyReply } from "../../reply.js";
import { requestRegion } from "../../request-region.js";
import type { Operation } from "../operation.js";
import { injectWithoutGeneration } from "../../faults/index.js";
import { QueryReader } from "./query.js";

/** The pattern of a provider's name (API model). */
const PROVIDER_PATTERN = "[A-Za-z0-9- ]{1,63}";

/**
 * `GET /foundation-models`: every Llama model, or those that match the filters (control plane). A model is left out while its upstreams are down, since
 * nothing could answer for it.
 */
export const listFoundationModels: Operation = {
  name: "ListFoundationModels",
  method: "GET",
  path: "/foundation-models",
  async run(request, { fleet }) {
    const query = new QueryReader(request);
    const provider = query.matching("byProvider", PROVIDER_PATTERN)?.toLowerCase();
    const customization = query.choice("byCustomizationType", MODEL_CUSTOMIZATIONS);
    const modality = query.choice("byOutputModality", MODEL_MODALITIES);
    const inferenceType = query.choice("byInferenceType", INFERENCE_TYPES);
    query.finish();
    await injectWithoutGeneration(request);
    const unavailable = fleet.unavailable();
    const modelSummaries = foundationModels(requestRegion(request)).filter(
      (model) =>
        !unavailable.some((id) => model.modelId === id || model.modelId.startsWith(`${id}:`)) &&
        // users write both `meta` and `Meta`
        (provider === undefined || model.providerName.toLowerCase() === provider) &&
        (customization === undefined || model.customizationsSupported.includes(customization)) &&
        (modality === undefined || model.outputModalities.includes(modality)) &&
        (inferenceType === undefined || model.inferenceTypesSupported.includes(inferenceType)),
    );
    return bodyReply(JSON.stringify({ modelSummaries }));
  },
};
