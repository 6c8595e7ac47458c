import { JSON_TYPE } from "../../bedrock/index.js";
import type { ApiResponse } from "../api-response.js";
import type { Services } from "../services.js";

/** `GET /health`: whether a request would be taken now, and if not, why. */
export function health({ engines }: Services): Promise<ApiResponse> {
  const state = engines.health();
  const response = state.ready
    ? answer(200, { status: "ready", models: engines.loaded() })
    : answer(503, { status: "unavailable", reason: state.reason });
  return Promise.resolve(response);
}

function answer(status: number, value: object): ApiResponse {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const headers = [
    ["Date", new Date().toUTCString()],
    ["Content-Type", JSON_TYPE],
    ["Content-Length", String(body.length)],
    ["Connection", "keep-alive"],
  ] as const;
  return { status, headers, body };
}
