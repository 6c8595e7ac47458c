import {
  RequestReader,
  encodeCountTokensResponse,
  type LlamaModel,
  parseNativeRequest,
  readCountTokensRequest,
  TEXT_ONLY,
} from "../../bedrock/index.js";
import type { ApiRequest } from "../api-request.js";
import { type ApiResponse, wholeResponse } from "../api-response.js";
import { standInHeader } from "../cria-headers.js";
import { strikeWhole } from "../faults/index.js";
import { type Asked, enginePrompt, findModel } from "../generation/index.js";
import type { Services } from "../services.js";
import { chatMessages } from "./converse/index.js";

/** `POST /model/{modelId}/count-tokens`: the tokens that InvokeModel or Converse would be told of the same input. */
export async function countTokens(
  request: ApiRequest,
  services: Services,
  modelId: string,
): Promise<ApiResponse> {
  const { record, signal } = request;
  // 3. model id
  const model = await findModel(request, services, modelId);
  // 4. JSON and the types of members, 5. constraints, 6. what the operation counted for would refuse
  const asked = readInput(model, await request.body());
  // 7. throttling; the context's length is no matter here
  await strikeWhole(request);
  const { engine, prompt, bos, standIn } = await enginePrompt(request, services, model, asked);
  const inputTokens = await engine.countTokens(prompt, { bos, signal });
  record.promptTokens = inputTokens;
  const body = encodeCountTokensResponse(inputTokens);
  return wholeResponse(200, record.requestId, body, standInHeader(standIn));
}

function readInput(model: LlamaModel, body: Uint8Array): Asked {
  const reader = new RequestReader();
  const input = readCountTokensRequest(reader, reader.parse(body), TEXT_ONLY);
  reader.finish();
  if (input?.type === "converse") return chatMessages(model, input.conversation, false);
  return parseNativeRequest(input?.body ?? new Uint8Array(), { vision: model.vision }).prompt;
}
