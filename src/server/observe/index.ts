export type { AcceptedEvent, RequestEvent, RequestTracer, RequestWatcher } from "./events.js";
export { GEN_AI_PROVIDER, genAiOperation } from "./gen-ai.js";
export { logRequests } from "./log-request.js";
export { createLogger, type LoggerOptions, silentLogger } from "./logger.js";
export { incomingTrace, type TraceContext, traceHeaders } from "./trace-context.js";
export { criaVersion } from "./version.js";
export { PREFLIGHT, watchesServer } from "./watches-server.js";
export { watchMissing } from "./watch-missing.js";
