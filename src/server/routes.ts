import createRouter from "find-my-way";

import { MAX_MODEL_ID_LENGTH } from "../bedrock/index.js";
import type { ApiRequest } from "./api-request.js";
import type { ApiResponse } from "./api-response.js";
import { health } from "./health.js";
import { invokeModel } from "./invoke-model.js";
import { invokeModelWithResponseStream } from "./invoke-model-with-response-stream.js";
import type { Services } from "./services.js";

/** One operation, and what the path names. */
export interface Route {
  /** As AWS names it. */
  readonly operation: string;
  run(request: ApiRequest, services: Services): Promise<ApiResponse>;
}

type ModelOperation = (request: ApiRequest, services: Services, modelId: string) => Promise<ApiResponse>;

/** Every character of a model id may be percent-encoded. */
const MAX_PARAM_LENGTH = MAX_MODEL_ID_LENGTH * 3;

const router = createRouter({ maxParamLength: MAX_PARAM_LENGTH });

addModelOperation("InvokeModel", "invoke", invokeModel);
addModelOperation(
  "InvokeModelWithResponseStream",
  "invoke-with-response-stream",
  invokeModelWithResponseStream,
);
add("GET", "/health", () => ({ operation: "Health", run: (_request, services) => health(services) }));

/** @param path - with its query, percent-encoded @returns undefined where no operation has this method and path */
export function findRoute(method: string, path: string): Route | undefined {
  const found = router.find(method as Parameters<typeof router.find>[0], path);
  return found ? (found.store as RouteOf)(found.params) : undefined;
}

type RouteOf = (params: Readonly<Record<string, string | undefined>>) => Route;

function addModelOperation(operation: string, suffix: string, run: ModelOperation): void {
  const route = (modelId: string): Route => ({
    operation,
    run: (request, services) => run(request, services, modelId),
  });
  add("POST", `/model/:modelId/${suffix}`, ({ modelId = "" }) => route(modelId));
  // an ARN whose slash isn't encoded: SDKs encode it, people with curl don't
  add("POST", `/model/:arn/:id/${suffix}`, ({ arn = "", id = "" }) => route(`${arn}/${id}`));
}

function add(method: "GET" | "POST", path: string, route: RouteOf): void {
  router.on(method, path, () => undefined, route);
}
