import { bodyReply, type Reply } from "../reply.js";
import type { Operation } from "./operation.js";

/**
 * `GET /health`: whether the server can answer requests now, and if not, why; and the models that it can't answer for because their upstreams are down. For
 * people.
 */
export const health: Operation = {
  name: "Health",
  method: "GET",
  path: "/health",
  open: true,
  run(_request, { fleet }) {
    const state = fleet.health();
    const unavailable = fleet.unavailable();
    if (!state.ready) {
      const models = unavailable.length > 0 && { unavailable };
      return answer(503, { status: "unavailable", reason: state.reason, ...models });
    }
    const models = fleet.loaded();
    return unavailable.length === 0
      ? answer(200, { status: "ready", models })
      : answer(200, { status: "degraded", models, unavailable });
  },
};

/** `GET /health/live`: the server's loop turns. Where this fails, only a restart helps. */
export const live: Operation = {
  name: "Live",
  method: "GET",
  path: "/health/live",
  open: true,
  run: () => answer(200, { status: "alive" }),
};

/** `GET /health/ready`: whether to send this server requests. False while it drains. */
export const ready: Operation = {
  name: "Ready",
  method: "GET",
  path: "/health/ready",
  open: true,
  run(_request, { fleet, running }) {
    const isReady = !running.draining && fleet.health().ready;
    return answer(isReady ? 200 : 503, { ready: isReady });
  },
};

function answer(status: number, body: object): Promise<Reply> {
  return Promise.resolve(bodyReply(JSON.stringify(body), {}, { status }));
}
