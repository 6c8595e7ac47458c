import { encodeEventFrame, type ConverseEvent, type ExceptionType } from "../../bedrock/index.js";
import type { Generation } from "../../engine/index.js";
import type { ApiRequest } from "../api-request.js";
import { streamResponse, type ApiResponse } from "../api-response.js";
import { standInHeader } from "../cria-headers.js";
import { converseDeltas } from "../generation/converse-deltas.js";
import { converseFields } from "../generation/converse-fields.js";
import { readConverseInput, type ConverseInput } from "../generation/converse-input.js";
import { endWithException } from "../generation/end-with-exception.js";
import { startGeneration } from "../generation/start-generation.js";
import { TokenMeter } from "../generation/token-meter.js";
import type { Services } from "../services.js";

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
  const { generation, standIn } = await startGeneration(request, services, input);
  const body = frames(events(generation, request, input), services);
  return streamResponse(
    request.record.requestId,
    endWithException(body, request, STREAM_EXCEPTIONS),
    standInHeader(standIn),
  );
}

async function* frames(
  told: AsyncGenerator<ConverseEvent, void, undefined>,
  { padding }: Services,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const event of told) yield encodeEventFrame(event, padding);
}

async function* events(
  generation: Generation,
  request: ApiRequest,
  input: ConverseInput,
): AsyncGenerator<ConverseEvent, void, undefined> {
  const meter = new TokenMeter(request);
  // kept only where it's asked for
  const keepText = input.responseFieldPaths.length > 0;
  let whole = "";
  yield { type: "messageStart" };
  for await (const { text, stopReason } of converseDeltas(generation, input.stopSequences, meter)) {
    if (keepText) whole += text;
    yield { type: "contentBlockDelta", text };
    if (stopReason === null) continue;
    yield { type: "contentBlockStop" };
    const additionalFields = converseFields(input, generation, meter, whole, stopReason);
    yield { type: "messageStop", stopReason, additionalFields };
    const usage = { inputTokens: generation.promptTokens, outputTokens: meter.count };
    yield { type: "metadata", usage, latencyMs: meter.elapsedMs };
  }
}
