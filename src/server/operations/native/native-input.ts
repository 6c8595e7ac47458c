import {
  BedrockException,
  guardrailNotFound,
  isAcceptSupported,
  isContentTypeSupported,
  parseNativeRequest,
  unsupportedAcceptType,
  unsupportedContentType,
} from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { findModel, type GenerationInput } from "../../generation/index.js";
import type { Services } from "../../services.js";

/**
 * What InvokeModel and its streaming twin are asked, checked in Bedrock's order. The checks of {@link startGeneration}
 * follow.
 *
 * @param modelIdText - as in the path, decoded
 * @param acceptHeader - the header that carries the wanted type, in lower case
 * @throws {BedrockException}
 */
export async function readNativeInput(
  request: ApiRequest,
  services: Services,
  modelIdText: string,
  acceptHeader: string,
): Promise<GenerationInput> {
  // 3. model id, before the body is even read
  const model = await findModel(request, services, modelIdText);
  // 4. content type, and with it the other headers
  if (!isContentTypeSupported(request.header("content-type"))) throw unsupportedContentType();
  if (!isAcceptSupported(request.header(acceptHeader))) throw unsupportedAcceptType();
  if (request.header("x-amzn-bedrock-guardrailidentifier") !== undefined) throw guardrailNotFound();
  // 5. JSON, 6. schema
  const native = parseNativeRequest(await request.body(), { vision: model.vision });
  if (native.images.length > 0) {
    throw new BedrockException("ValidationException", "Cria's models read no images: leave `images` out.");
  }
  const { prompt, maxGenLen, temperature, topP } = native;
  return { model, asked: prompt, maxTokens: maxGenLen, temperature, topP };
}
