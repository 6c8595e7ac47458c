import type { ApiRequest } from "./api-request.js";
import { exceptionResponse, unknownOperationResponse, type ApiResponse } from "./api-response.js";
import { isClientsDoing, recordException, toException } from "./exception-mapping.js";
import { findRoute } from "./routes.js";
import type { Services } from "./services.js";

/**
 * Answers one request, without a socket.
 *
 * @throws only where there is nobody to answer: {@link ClientGoneError}, {@link ReaderStalledError},
 * {@link RequestTimeoutError}. Everything else becomes a response.
 */
export type Api = (request: ApiRequest) => Promise<ApiResponse>;

export function createApi(services: Services): Api {
  return async (request) => {
    const { record } = request;
    const route = findRoute(request.method, request.path);
    if (!route) return unknownOperationResponse(record.requestId);
    record.operation = route.operation;
    try {
      return await route.run(request, services);
    } catch (error) {
      if (isClientsDoing(error)) throw error;
      const exception = toException(error, record.modelId);
      recordException(record, exception);
      return exceptionResponse(record.requestId, exception);
    }
  };
}
