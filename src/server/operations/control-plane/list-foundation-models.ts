import {
  foundationModels,
  INFERENCE_TYPES,
  MODEL_CUSTOMIZATIONS,
  MODEL_MODALITIES,
} from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, wholeResponse } from "../../api-response.js";
import { strikeWhole } from "../../faults/index.js";
import { QueryReader, requestRegion } from "./query.js";

/** What a provider's name is made of (API model). */
const PROVIDER_PATTERN = "[A-Za-z0-9- ]{1,63}";

/** `GET /foundation-models`: every Llama model, or those that filters let through (control plane). */
export async function listFoundationModels(request: ApiRequest): Promise<ApiResponse> {
  const query = new QueryReader(request);
  const provider = query.matching("byProvider", PROVIDER_PATTERN)?.toLowerCase();
  const customization = query.choice("byCustomizationType", MODEL_CUSTOMIZATIONS);
  const modality = query.choice("byOutputModality", MODEL_MODALITIES);
  const inferenceType = query.choice("byInferenceType", INFERENCE_TYPES);
  query.finish();
  await strikeWhole(request);
  const modelSummaries = foundationModels(requestRegion(request)).filter(
    (model) =>
      // users write `meta` and `Meta`
      (provider === undefined || model.providerName.toLowerCase() === provider) &&
      (customization === undefined || model.customizationsSupported.includes(customization)) &&
      (modality === undefined || model.outputModalities.includes(modality)) &&
      (inferenceType === undefined || model.inferenceTypesSupported.includes(inferenceType)),
  );
  return wholeResponse(200, request.record.requestId, JSON.stringify({ modelSummaries }));
}
