export { logRequest } from "./log-request.js";
export { createLogger, type LoggerOptions, silentLogger } from "./logger.js";
export type { RequestRecord } from "./request-record.js";
