import { type LlamaModel, parseNativeRequest } from "../../../bedrock/index.js";
import { type GenerationInput, partCapabilities } from "../../generation/index.js";
import type { ServerRequest } from "../../request.js";
import type { ReplyMembers } from "../../reply.js";
import type { Services } from "../../services.js";
import { checkNativeHeaders } from "./native-headers.js";

/** The checked input of InvokeModel and InvokeModelWithResponseStream. */
export interface NativeInput extends GenerationInput {
  /** What the response repeats. */
  readonly echoed: Pick<ReplyMembers, "latency" | "serviceTier">;
}

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
  model: LlamaModel,
  acceptHeader: string,
): Promise<NativeInput> {
  // check: headers
  const echoed = checkNativeHeaders(request, model, acceptHeader);
  // check: json, check: schema
  const { prompt, images, maxGenLen, temperature, topP } = parseNativeRequest(await request.body(), {
    maxImages: model.maxImages,
    images: partCapabilities(model, services).images,
  });
  return { model, input: { prompt, images }, maxTokens: maxGenLen, temperature, topP, echoed };
}
