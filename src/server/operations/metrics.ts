import { bodyReply } from "../reply.js";
import type { Operation } from "./operation.js";

/** `GET /metrics`: what the server has measured, for Prometheus. Who may ask is decided by its page ({@link Services.metrics}). */
export const metrics: Operation = {
  name: "Metrics",
  method: "GET",
  path: "/metrics",
  open: true,
  async run(request, { metrics: page }) {
    if (!page) throw new TypeError("A port that has no metrics must not offer them.");
    await page.check(request);
    const { text, type } = await page.read();
    return bodyReply(text, {}, { type });
  },
};
