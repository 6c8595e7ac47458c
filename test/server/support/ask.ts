import type { Logger } from "pino";

import { type LlamaModel, parseModelId } from "../../../src/bedrock/index.js";
import { createScriptedEngine, type Engine } from "../../../src/engine/index.js";
import { SingleEngine } from "../../../src/fleet/single-engine.js";
import { acceptAnyone } from "../../../src/server/access/authenticator.js";
import { Callers } from "../../../src/server/callers/index.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import { handle, type ServerContext } from "../../../src/server/handle.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { ModelMap } from "../../../src/server/model-map.js";
import { logRequests, type RequestEvent } from "../../../src/server/observe/index.js";
import { RunningRequests } from "../../../src/server/running-requests.js";
import { SharedBound } from "../../../src/server/shared-bound.js";
import { SilenceWatch } from "../../../src/server/transport/frame-writer.js";
import { ChatTemplates } from "../../../src/server/templates/index.js";
import { type CollectingExchange, collectingExchange } from "./exchange.js";
import { INVOKE, MODEL } from "./start.js";

/** The default script of {@link ask}: four tokens, the last one the end-of-sequence token. */
export const HELLO = { tokens: ["Hel", "", "lo"], promptTokens: 7 };

export interface TestRequest {
  /** @default InvokeModel's */
  readonly path?: string;
  /** @default "POST" */
  readonly method?: string;
  /** @default a prompt */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether the client reads the response. @default true */
  readonly reads?: boolean;
}

/** Replacements for the parts of the default server, a scripted engine that is {@link MODEL}. */
export type TestServices = Partial<ServerContext> & {
  readonly engine?: Engine;
  readonly as?: LlamaModel | undefined;
};

/** Their process ends with this one. */
const templates = new ChatTemplates();

/** A server's parts, with the defaults of the tests. */
export function serverContext({ engine, as, ...others }: TestServices = {}): ServerContext {
  return {
    fleet: new SingleEngine(engine ?? createScriptedEngine({ script: HELLO }), as),
    upstreams: new Map(),
    templates,
    strict: false,
    strictIds: false,
    modelMap: new ModelMap(),
    padding: false,
    onStandIn: () => undefined,
    callers: new Callers({
      host: "127.0.0.1",
      auth: "none",
      certificate: undefined,
      allowHosts: [],
      allowOrigins: [],
    }),
    authenticator: acceptAnyone,
    faults: new FaultPlan(),
    limits: defaultLimits,
    running: new RunningRequests(defaultLimits.slotless),
    slots: new SharedBound(defaultLimits.requests, false),
    bodies: new SharedBound(defaultLimits.bodyBytesInAll, false),
    silenceWatch: new SilenceWatch(),
    watchers: [],
    tracer: undefined,
    offers: (name) => name !== "Metrics",
    metrics: undefined,
    ...others,
  };
}

/** Requests that the test's own signal aborts too. */
class AbortedRequests extends RunningRequests {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    super(1);
    this.#signal = signal;
  }

  override start(giveWay: () => void) {
    const controller = super.start(giveWay);
    const abort = () => controller.abort(this.#signal.reason);
    if (this.#signal.aborted) abort();
    else this.#signal.addEventListener("abort", abort);
    return controller;
  }
}

/** A log line before it is formatted. */
export type LogRecord = Readonly<Record<string, unknown>>;

export interface TestExchange extends CollectingExchange {
  /** Everything that happened to the request. */
  readonly events: readonly RequestEvent[];
  /** The request's log line, with the error objects themselves. */
  readonly record: () => LogRecord;
  /** Resolves once the request is over. */
  readonly done: Promise<void>;
}

/** Sends a request to the server without a socket. */
export function ask(services: TestServices, request: TestRequest = {}): TestExchange {
  const { path = INVOKE, method = "POST", body = '{"prompt":"Hi"}', headers = {}, reads = true } = request;
  const as = "as" in services ? services.as : parseModelId(MODEL)?.model;
  const collecting = collectingExchange({ method, path, headers, body, reads });
  const events: RequestEvent[] = [];
  let record: LogRecord = {};
  const note = (line: LogRecord) => void (record = line);
  const logger = { debug: note, info: note, warn: note, error: note } as unknown as Logger;
  const context = serverContext({
    ...(request.signal && { running: new AbortedRequests(request.signal) }),
    ...services,
    as,
    watchers: [logRequests(logger), () => (event) => void events.push(event)],
  });
  const done = handle(collecting.exchange, context);
  return { ...collecting, events, record: () => record, done };
}

/** Sends a request without a socket, and reads the response to its end. */
export async function answer(services: TestServices, request: TestRequest = {}) {
  const { head, bytes, record, done } = ask(services, request);
  await done;
  const { status, headers } = head() ?? { status: 0, headers: [] };
  const header = (name: string) => headers.find(([key]) => key === name)?.[1];
  return { status, headers, header, bytes: bytes(), record: record() };
}
