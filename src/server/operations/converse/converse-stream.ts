import { type ConverseEvent, encodeEventFrame, type ExceptionType } from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { type ApiResponse, streamResponse } from "../../api-response.js";
import { standInHeader } from "../../cria-headers.js";
import { lastFrame, type StartedGeneration, startGeneration, TokenMeter } from "../../generation/index.js";
import type { Services } from "../../services.js";
import { converseDeltas } from "./converse-deltas.js";
import { converseFields } from "./converse-fields.js";
import { type ConverseInput, readConverseInput } from "./converse-input.js";

/** What may end the stream (API model, `ConverseStreamOutput`): not the time-out that InvokeModel's stream may end with. */
const STREAM_EXCEPTIONS: ReadonlySet<ExceptionType> = new Set<ExceptionType>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "ValidationException",
]);

/** `POST /model/{modelId}/converse-stream`: an event a token, each sent when it's decoded. */
export async function converseStream(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const input = await readConverseInput(request, services, modelId, { streaming: true });
  const started = await startGeneration(request, services, input, { patient: true });
  return streamResponse(
    request.record.requestId,
    frames(started, request, services, input),
    standInHeader(started.standIn),
  );
}

async function* frames(
  { generation, waitingFrames }: StartedGeneration,
  request: ApiRequest,
  { padding }: Services,
  input: ConverseInput,
): AsyncGenerator<Uint8Array, void, undefined> {
  const frame = (event: ConverseEvent) => encodeEventFrame(event, padding);
  const meter = new TokenMeter(request);
  // kept only where it's asked for
  const keepText = input.responseFieldPaths.length > 0;
  let whole = "";
  try {
    yield frame({ type: "messageStart" });
    yield* waitingFrames;
    for await (const { text, stopReason } of converseDeltas(generation, input.stopSequences, meter)) {
      if (keepText) whole += text;
      yield frame({ type: "contentBlockDelta", text });
      if (stopReason === null) continue;
      yield frame({ type: "contentBlockStop" });
      const additionalFields = converseFields(input, generation, meter, whole, stopReason);
      yield frame({ type: "messageStop", stopReason, additionalFields });
      const usage = { inputTokens: generation.promptTokens, outputTokens: meter.count };
      yield frame({ type: "metadata", usage, latencyMs: meter.elapsedMs });
    }
  } catch (error) {
    yield lastFrame(error, request, STREAM_EXCEPTIONS);
  }
}
