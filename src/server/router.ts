import createRouter from "find-my-way";

import { MAX_MODEL_ID_LENGTH, missingOperations } from "../bedrock/index.js";
import { type Operation, operations } from "./operations/index.js";

/** An operation, and the resource that the request's path names. */
export interface Route {
  readonly operation: Operation;
  /** Decoded; "" if the path names none. */
  readonly resource: string;
}

/** Every character of a model id may be percent-encoded. */
const MAX_PARAM_LENGTH = MAX_MODEL_ID_LENGTH * 3;

const router = createRouter({ maxParamLength: MAX_PARAM_LENGTH });

type RouteOf = (params: Readonly<Record<string, string | undefined>>) => Route;

for (const operation of operations) {
  on(operation, operation.path, ({ id = "" }) => ({ operation, resource: id }));
  if (operation.path.includes(":id")) {
    // an ARN whose slashes aren't percent-encoded: SDKs encode them, users of curl often don't; a custom model's has two
    for (const start of [":a", ":a/:b"]) {
      on(operation, operation.path.replace(":id", `${start}/:id`), ({ a, b, id = "" }) => ({
        operation,
        resource: [a, b, id].filter((part) => part !== undefined).join("/"),
      }));
    }
  }
}

function on({ method }: Operation, path: string, routeOf: RouteOf): void {
  router.on(method, path, () => undefined, routeOf);
}

type Method = Parameters<typeof router.find>[0];

/** @param path - with its query, percent-encoded @returns undefined if no operation has this method and path */
export function findOperation(method: string, path: string): Route | undefined {
  const found = router.find(method as Method, path);
  return found ? (found.store as RouteOf)(found.params) : undefined;
}

const missing = createRouter({ maxParamLength: MAX_PARAM_LENGTH });

for (const [name, route] of Object.entries(missingOperations)) {
  const [method, path = ""] = route.split(" ");
  let count = 0;
  const pattern = path.replaceAll("{}", () => `:${(count += 1)}`);
  missing.on(method as Method, pattern, () => undefined, name);
}

/**
 * The name of an operation that Bedrock has and Cria lacks.
 *
 * @param path - with its query, percent-encoded
 * @returns undefined if Bedrock has none with this method and path either
 */
export function findMissingOperation(method: string, path: string): string | undefined {
  return missing.find(method as Method, path)?.store as string | undefined;
}
