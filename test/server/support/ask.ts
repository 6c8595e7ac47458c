import { pino } from "pino";

import { type LlamaModel, parseModelId } from "../../../src/bedrock/index.js";
import { createScriptedEngine, type Engine } from "../../../src/engine/index.js";
import { SingleEngine } from "../../../src/fleet/single-engine.js";
import { acceptAnyone } from "../../../src/server/access/authenticator.js";
import type { ApiRequest } from "../../../src/server/api-request.js";
import type { ApiResponse } from "../../../src/server/api-response.js";
import { createApi } from "../../../src/server/api.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import { defaultLimits } from "../../../src/server/limits.js";
import type { Services } from "../../../src/server/services.js";
import { SilenceWatch } from "../../../src/server/transport/frame-writer.js";
import { writeBody } from "../../../src/server/transport/write-body.js";
import { collectingExchange } from "./exchange.js";
import { INVOKE, MODEL } from "./start.js";

/** What {@link ask} answers unless told otherwise: four tokens, the last one the end-of-sequence token. */
export const HELLO = { tokens: ["Hel", "", "lo"], promptTokens: 7 };

export interface Asked {
  /** @default InvokeModel's */
  readonly path?: string;
  /** @default "POST" */
  readonly method?: string;
  /** @default a prompt */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What is other than a scripted engine that is {@link MODEL}. */
export type AskedServices = Partial<Services> & {
  readonly engine?: Engine;
  readonly as?: LlamaModel | undefined;
};

/** Asks the API without a socket. */
export function ask(
  services: AskedServices,
  asked: Asked,
): { request: ApiRequest; response: Promise<ApiResponse> } {
  const { path = INVOKE, method = "POST", body = '{"prompt":"Hi"}', headers = {} } = asked;
  const { engine = createScriptedEngine({ script: HELLO }), ...others } = services;
  const as = "as" in services ? services.as : parseModelId(MODEL)?.model;
  const api = createApi({
    engines: new SingleEngine(engine, as),
    strict: false,
    padding: false,
    onStandIn: () => undefined,
    authenticator: acceptAnyone,
    faults: new FaultPlan(),
    limits: defaultLimits,
    logger: pino({ level: "silent" }),
    ...others,
  });
  const request: ApiRequest = {
    method,
    path,
    header: (name) => headers[name],
    headerValues: (name) => [headers[name] ?? []].flat(),
    body: () => Promise.resolve(new TextEncoder().encode(body)),
    onEnd: () => undefined,
    signal: asked.signal ?? new AbortController().signal,
    startedAt: performance.now(),
    record: { requestId: "11111111-2222-4333-8444-555555555555", method, protocol: "HTTP/1.1" },
  };
  return { request, response: api(request) };
}

/** Asks, and reads the response to its end. */
export async function answer(services: AskedServices, asked: Asked = {}) {
  const { request, response } = ask(services, asked);
  const whole = await response;
  const header = (name: string) => whole.headers.find(([key]) => key === name)?.[1];
  return {
    status: whole.status,
    headers: whole.headers,
    header,
    bytes: await bytesOf(whole, request, services.limits),
    record: request.record,
  };
}

async function bytesOf(
  { body }: ApiResponse,
  { record }: ApiRequest,
  limits = defaultLimits,
): Promise<Buffer> {
  const { exchange, bytes } = collectingExchange();
  await writeBody(exchange, body, { limits, silences: new SilenceWatch() }, record);
  return bytes();
}
