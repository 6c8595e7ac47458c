import { tooManyRequests } from "../bedrock/index.js";
import type { ApiRequest } from "./api-request.js";
import { exceptionResponse, unknownOperationResponse, type ApiResponse } from "./api-response.js";
import { isUnanswerable, recordException, toException } from "./exception-mapping.js";
import { findRoute } from "./routes.js";
import type { Services } from "./services.js";

/**
 * Answers one request, without a socket.
 *
 * @throws only where there is nobody to answer, or is to be none: {@link ClientGoneError}, {@link ReaderStalledError},
 * {@link RequestTimeoutError}, {@link FaultCutError}. Everything else becomes a response.
 */
export type Api = (request: ApiRequest) => Promise<ApiResponse>;

/** Characters of an unknown path that are logged: enough to recognize the operation. */
const LOGGED_PATH = 200;

export function createApi(services: Services): Api {
  return async (request) => {
    const { record } = request;
    // 1. route
    const route = findRoute(request.method, request.path);
    if (!route) {
      record.path = request.path.slice(0, LOGGED_PATH);
      return unknownOperationResponse(record.requestId);
    }
    record.operation = route.operation;
    try {
      if (route.open) return await route.run(request, services);
      // before anything is read for it: what Bedrock says to too many requests, and most SDKs repeat later
      if (request.crowdedOut) throw tooManyRequests();
      // 2. credentials
      await services.authenticator.authenticate(request);
      // 3. model id, and all that follows: the operation's own
      return await route.run({ ...request, faults: services.faults.draw(route.operation) }, services);
    } catch (error) {
      if (isUnanswerable(error)) throw error;
      const exception = toException(error, record.modelId);
      recordException(record, exception);
      return exceptionResponse(record.requestId, exception);
    }
  };
}
