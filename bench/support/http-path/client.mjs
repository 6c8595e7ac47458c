/**
 * The client, the same for all servers, in a separate process. It uses raw connections, so that the server takes most of the time. It
 * gets its tasks by messages, and answers each with its measurements.
 */
import { MessageDecoder } from "../../../dist/event-stream.js";
import { openStreams } from "./open-streams.mjs";

/** The time from a token to its frame in ns, for every frame. */
function latencyMeter(latencies) {
  const decoder = new MessageDecoder();
  return (bytes) => {
    const now = process.hrtime.bigint();
    for (const { body } of decoder.push(bytes)) {
      const { generation } = JSON.parse(Buffer.from(JSON.parse(Buffer.from(body)).bytes, "base64"));
      latencies.push(Number(now - BigInt(generation)));
    }
  };
}

let held = [];

const work = {
  /** Makes `requests` requests, `streams` at once. @returns ms from the first to the end of the last, and the bytes of the bodies */
  async measure({ protocol, port, streams, requests, prompt, latency }) {
    const opened = await openStreams(protocol, port, streams);
    const latencies = [];
    let bytes = 0;
    let left = requests;
    const start = performance.now();
    await Promise.all(
      opened.map(async (connection) => {
        while (left > 0) {
          left -= 1;
          const meter = latency ? latencyMeter(latencies) : undefined;
          await connection.request(prompt, (part) => {
            bytes += part.length;
            meter?.(part);
          });
        }
      }),
    );
    const ms = performance.now() - start;
    for (const connection of new Set(opened)) connection.close();
    return { ms, bytes, latencies };
  },
  /** Opens streams and waits for the first frame of each. */
  async hold({ protocol, port, streams }) {
    const opened = await openStreams(protocol, port, streams);
    held = [...new Set(opened)];
    await Promise.all(
      opened.map((connection) => new Promise((resolve) => void connection.request("idle", resolve))),
    );
    return {};
  },
  release() {
    for (const connection of held) connection.close();
    return {};
  },
};

process.on("message", async ({ what, ...options }) => process.send(await work[what](options)));
process.on("disconnect", () => process.exit());
process.send({});
