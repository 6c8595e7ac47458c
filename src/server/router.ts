import createRouter from "find-my-way";

import { MAX_MODEL_ID_LENGTH } from "../bedrock/index.js";
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

/** @param path - with its query, percent-encoded @returns undefined if no operation has this method and path */
export function findOperation(method: string, path: string): Route | undefined {
  const found = router.find(method as Parameters<typeof router.find>[0], path);
  return found ? (found.store as RouteOf)(found.params) : undefined;
}
