import createRouter from "find-my-way";

import { MAX_MODEL_ID_LENGTH } from "../bedrock/index.js";
import type { ApiRequest } from "./api-request.js";
import type { ApiResponse } from "./api-response.js";
import {
  getFoundationModel,
  getInferenceProfile,
  listFoundationModels,
  listInferenceProfiles,
  converseStream,
  converse,
  countTokens,
  health,
  invokeModelWithResponseStream,
  invokeModel,
} from "./operations/index.js";
import type { Services } from "./services.js";

/** One operation, and what the path names. */
export interface Route {
  /** As AWS names it. */
  readonly operation: string;
  /** Whether anybody may call it. */
  readonly open: boolean;
  run(request: ApiRequest, services: Services): Promise<ApiResponse>;
}

/** @param id - what the path names, decoded; "" where it names nothing */
type Handler = (request: ApiRequest, services: Services, id: string) => Promise<ApiResponse>;

/** Every character of a model id may be percent-encoded. */
const MAX_PARAM_LENGTH = MAX_MODEL_ID_LENGTH * 3;

const router = createRouter({ maxParamLength: MAX_PARAM_LENGTH });

const OPERATIONS: readonly (readonly [name: string, method: "GET" | "POST", path: string, Handler])[] = [
  ["InvokeModel", "POST", "/model/:id/invoke", invokeModel],
  [
    "InvokeModelWithResponseStream",
    "POST",
    "/model/:id/invoke-with-response-stream",
    invokeModelWithResponseStream,
  ],
  ["Converse", "POST", "/model/:id/converse", converse],
  ["ConverseStream", "POST", "/model/:id/converse-stream", converseStream],
  ["CountTokens", "POST", "/model/:id/count-tokens", countTokens],
  ["ListFoundationModels", "GET", "/foundation-models", listFoundationModels],
  ["GetFoundationModel", "GET", "/foundation-models/:id", getFoundationModel],
  ["ListInferenceProfiles", "GET", "/inference-profiles", listInferenceProfiles],
  ["GetInferenceProfile", "GET", "/inference-profiles/:id", getInferenceProfile],
];

for (const [operation, method, path, handler] of OPERATIONS) add(operation, method, path, handler);
add("Health", "GET", "/health", (_request, services) => health(services), true);

/** The operations of AWS that Cria has, as AWS names them. */
export const operationNames: readonly string[] = OPERATIONS.map(([name]) => name);

/** @param path - with its query, percent-encoded @returns undefined where no operation has this method and path */
export function findRoute(method: string, path: string): Route | undefined {
  const found = router.find(method as Parameters<typeof router.find>[0], path);
  return found ? (found.store as RouteOf)(found.params) : undefined;
}

type RouteOf = (params: Readonly<Record<string, string | undefined>>) => Route;

function add(operation: string, method: "GET" | "POST", path: string, handler: Handler, open = false): void {
  const route = (id: string): Route => ({
    operation,
    open,
    run: (request, services) => handler(request, services, id),
  });
  on(method, path, ({ id = "" }) => route(id));
  if (!path.includes(":id")) return;
  // an ARN whose slash isn't encoded: SDKs encode it, people with curl don't
  on(method, path.replace(":id", ":arn/:id"), ({ arn = "", id = "" }) => route(`${arn}/${id}`));
}

function on(method: "GET" | "POST", path: string, routeOf: RouteOf): void {
  router.on(method, path, () => undefined, routeOf);
}
