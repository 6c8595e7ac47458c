import { encodeNativeResponse } from "../../../bedrock/index.js";
import { startGeneration, TokenMeter, wholeText } from "../../generation/index.js";
import { bodyReply } from "../../reply.js";
import { modelOperation } from "../model-operation.js";
import { readNativeInput } from "./native-input.js";

/** `POST /model/{modelId}/invoke`: the whole answer in one response. */
export const invokeModel = modelOperation({
  name: "InvokeModel",
  path: "/model/:id/invoke",
  async answer(request, services, model) {
    const input = await readNativeInput(request, services, model, "accept");
    const generation = await startGeneration(request, services, input);
    const meter = new TokenMeter(request);
    const { text, stopReason } = await wholeText(generation, meter);
    const { promptTokens: inputTokens } = generation;
    const { count: outputTokens, elapsedMs: latencyMs } = meter;
    const body = encodeNativeResponse({
      generation: text,
      promptTokenCount: inputTokens,
      generationTokenCount: outputTokens,
      stopReason,
    });
    return bodyReply(body, { latencyMs, outputTokens, inputTokens, ...input.echoed });
  },
});
