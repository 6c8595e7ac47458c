import { type ConverseStopReason, encodeConverseResponse } from "../../../bedrock/index.js";
import { startGeneration, TokenMeter } from "../../generation/index.js";
import { bodyReply } from "../../reply.js";
import type { Operation } from "../operation.js";
import { converseDeltas } from "./converse-deltas.js";
import { converseFields } from "./converse-fields.js";
import { readConverseInput } from "./converse-input.js";

/** `POST /model/{modelId}/converse`: the whole turn in one response. */
export const converse: Operation = {
  name: "Converse",
  method: "POST",
  path: "/model/:id/converse",
  async run(request, services) {
    const input = await readConverseInput(request, services, { streaming: false });
    const generation = await startGeneration(request, services, input);
    const meter = new TokenMeter(request);
    let text = "";
    let stopReason: ConverseStopReason = "end_turn";
    for await (const delta of converseDeltas(generation, input.stopSequences, meter)) {
      text += delta.text;
      stopReason = delta.stopReason ?? stopReason;
    }
    return bodyReply(
      encodeConverseResponse({
        text,
        stopReason,
        usage: { inputTokens: generation.promptTokens, outputTokens: meter.count },
        latencyMs: meter.elapsedMs,
        additionalFields: converseFields(input, generation, meter, text, stopReason),
        echoed: input.echoed,
      }),
    );
  },
};
