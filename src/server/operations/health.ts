import { JSON_TYPE } from "../../bedrock/index.js";
import type { ApiResponse } from "../api-response.js";
import type { Services } from "../services.js";

/** `GET /health`: whether a request would be taken now, and if not, why. */
export async function health({ engine }: Services): Promise<ApiResponse> {
  const state = engine.health();
  if (!state.ready) return answer(503, { status: "unavailable", reason: state.reason });
  const { name } = await engine.model();
  return answer(200, { status: "ready", model: name });
}

function answer(status: number, value: Readonly<Record<string, string>>): ApiResponse {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const headers = [
    ["Date", new Date().toUTCString()],
    ["Content-Type", JSON_TYPE],
    ["Content-Length", String(body.length)],
    ["Connection", "keep-alive"],
  ] as const;
  return { status, headers, body };
}
