import {
  guardrailNotFound,
  isAcceptSupported,
  isContentTypeSupported,
  parseNativeRequest,
  unsupportedAcceptType,
  unsupportedContentType,
} from "../../../bedrock/index.js";
import { findModel, type GenerationInput, partCapabilities } from "../../generation/index.js";
import type { ServerRequest } from "../../request.js";
import type { Services } from "../../services.js";

/**
 * Reads the input of InvokeModel and InvokeModelWithResponseStream and checks it in Bedrock's order. The checks of `startGeneration`
 * follow.
 *
 * @param acceptHeader - the name of the header with the accepted media type, in lower case
 * @throws {BedrockException} a check failed.
 */
export async function readNativeInput(
  request: ServerRequest,
  services: Services,
  acceptHeader: string,
): Promise<GenerationInput> {
  // check: model
  const model = await findModel(request, services);
  // check: headers
  if (!isContentTypeSupported(request.header("content-type"))) throw unsupportedContentType();
  if (!isAcceptSupported(request.header(acceptHeader))) throw unsupportedAcceptType();
  if (request.header("x-amzn-bedrock-guardrailidentifier") !== undefined) throw guardrailNotFound();
  // check: json, check: schema
  const { prompt, images, maxGenLen, temperature, topP } = parseNativeRequest(await request.body(), {
    maxImages: model.maxImages,
    images: partCapabilities(model, services.fleet).images,
  });
  return { model, input: { prompt, images }, maxTokens: maxGenLen, temperature, topP };
}
