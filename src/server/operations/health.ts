import { bodyReply } from "../reply.js";
import type { Operation } from "./operation.js";

/** `GET /health`: whether the server can answer requests now, and if not, why. */
export const health: Operation = {
  name: "Health",
  method: "GET",
  path: "/health",
  open: true,
  run(_request, { fleet }) {
    const state = fleet.health();
    const reply = state.ready
      ? bodyReply(JSON.stringify({ status: "ready", models: fleet.loaded() }))
      : bodyReply(JSON.stringify({ status: "unavailable", reason: state.reason }), {}, { status: 503 });
    return Promise.resolve(reply);
  },
};
