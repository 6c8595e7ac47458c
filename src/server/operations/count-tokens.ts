import {
  converseSettings,
  encodeCountTokensResponse,
  type LlamaModel,
  NO_INFERENCE_CONFIG,
  parseNativeRequest,
  type PartCapabilities,
  readCountTokensRequest,
  RequestReader,
} from "../../bedrock/index.js";
import { readCriaHeaders } from "../cria-headers.js";
import { readDocuments } from "../documents/index.js";
import { injectWithoutGeneration } from "../faults/index.js";
import { enginePrompt, inBedrocksWords, partCapabilities, type PromptOrChat } from "../generation/index.js";
import { bodyReply } from "../reply.js";
import { conversationChat } from "./converse/index.js";
import { modelOperation } from "./model-operation.js";

/** `POST /model/{modelId}/count-tokens`: the prompt tokens that InvokeModel or Converse would count for the same input. */
export const countTokens = modelOperation({
  name: "CountTokens",
  path: "/model/:id/count-tokens",
  generates: false,
  async answer(request, services, model) {
    // check: json, check: schema, as in the operation whose input is counted
    const checked = readInput(model, partCapabilities(model, services), await request.body());
    const input =
      "prompt" in checked
        ? checked
        : await readDocuments(checked, services.limits.documentMs, request.signal);
    const { raw } = readCriaHeaders(request);
    // check: throttling; the context length isn't checked
    await injectWithoutGeneration(request);
    const { engine, prompt, vision, bos, since, deadline } = await enginePrompt(request, services, {
      model,
      input,
      raw,
    });
    const { signal, traceHeaders } = request;
    const counted = engine.countTokens(prompt, {
      ...vision,
      ...{ bos, since, deadline, signal },
      ...(traceHeaders && { traceHeaders }),
    });
    const tokens = await counted.catch((error: unknown) => {
      throw inBedrocksWords(error, input);
    });
    request.emit({ type: "promptCounted", tokens });
    return bodyReply(encodeCountTokensResponse(tokens));
  },
});

function readInput(model: LlamaModel, capabilities: PartCapabilities, body: Uint8Array): PromptOrChat {
  const reader = new RequestReader();
  const input = readCountTokensRequest(reader, reader.parse(body), capabilities);
  reader.finish();
  if (input?.type === "converse") {
    const chat = conversationChat(model, input.conversation, false);
    // they don't change the prompt, but wrong ones are refused as Converse refuses them
    converseSettings(NO_INFERENCE_CONFIG, input.conversation.additionalFields, model);
    return chat;
  }
  const { prompt, images } = parseNativeRequest(input?.body ?? new Uint8Array(), {
    maxImages: model.maxImages,
    images: capabilities.images,
  });
  return { prompt, images };
}
