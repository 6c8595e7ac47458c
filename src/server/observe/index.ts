export type { AcceptedEvent, RequestEvent, RequestWatcher } from "./events.js";
export { logRequests } from "./log-request.js";
export { createLogger, type LoggerOptions, silentLogger } from "./logger.js";
export { watchMissing } from "./watch-missing.js";
