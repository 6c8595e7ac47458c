import { type ConverseStopReason, encodeConverseResponse } from "../../../bedrock/index.js";
import type { Generation } from "../../../engine/index.js";
import { startGeneration, TokenMeter } from "../../generation/index.js";
import { bodyReply } from "../../reply.js";
import type { ServerRequest } from "../../request.js";
import type { Services } from "../../services.js";
import { modelOperation } from "../model-operation.js";
import { converseContent } from "./converse-content.js";
import { converseDeltas } from "./converse-deltas.js";
import { converseFields } from "./converse-fields.js";
import { type ConverseInput, readConverseInput } from "./converse-input.js";
import { overrunOf } from "./overrun.js";

/** `POST /model/{modelId}/converse`: the whole turn in one response. */
export const converse = modelOperation({
  name: "Converse",
  path: "/model/:id/converse",
  async answer(request, services, model) {
    const input = await readConverseInput(request, services, model, { streaming: false });
    const generation = await start(request, services, input);
    const meter = new TokenMeter(request);
    let text = "";
    let ended: ConverseStopReason = "end_turn";
    for await (const delta of converseDeltas(generation, input.stopSequences, meter)) {
      text += delta.text;
      ended = delta.stopReason ?? ended;
    }
    const { content, stopReason } = converseContent(text, ended, input.input.tools, {
      standIn: request.standIn !== undefined,
    });
    meter.end(stopReason);
    return bodyReply(
      encodeConverseResponse({
        content,
        stopReason,
        usage: { inputTokens: generation.promptTokens, outputTokens: meter.count },
        latencyMs: meter.elapsedMs,
        additionalFields: converseFields(input, generation, meter, text, stopReason),
        echoed: input.echoed,
      }),
    );
  },
});

async function start(request: ServerRequest, services: Services, input: ConverseInput): Promise<Generation> {
  try {
    return await startGeneration(request, services, input);
  } catch (error) {
    throw overrunOf(error) ?? error;
  }
}
