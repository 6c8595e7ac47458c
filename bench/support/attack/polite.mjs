/**
 * The polite caller, in a process of its own. Every 50 ms it asks `/health` on a new connection, and makes a signed InvokeModel over HTTP/1.1
 * with a pool of connections; every other time over one connection of HTTP/2. As SDKs do, it tries three times, with a pause.
 */
import { connect } from "node:http2";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { INVOKE, KEY, signed } from "./callers.mjs";

const EVERY_MS = 50;
const ATTEMPTS = 3;
const PAUSE_MS = 100;
/** As long as a polite caller waits for one try. */
const PATIENCE_MS = 30_000;
const BODY = '{"prompt":"Hi"}';

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

function http1(port, path, method, headers, body, ownAgent) {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", path, method, headers, agent: ownAgent }, (response) => {
      response
        .resume()
        .on("end", () => resolve(response.statusCode))
        .on("error", reject);
    });
    sent.on("error", reject).setTimeout(PATIENCE_MS, () => sent.destroy(new Error("time-out")));
    sent.end(body);
  });
}

let session;

function http2(port, path, headers, body) {
  if (!session || session.closed || session.destroyed) {
    session = connect(`http://127.0.0.1:${port}`);
    session.on("error", () => undefined);
  }
  return new Promise((resolve, reject) => {
    const { host, ...rest } = headers;
    const stream = session.request({ ":method": "POST", ":path": path, ":authority": host, ...rest });
    let status;
    stream.on("response", (head) => (status = head[":status"]));
    stream
      .resume()
      .on("end", () => resolve(status))
      .on("error", reject)
      .on("close", () => reject(new Error("closed")));
    stream.setTimeout(PATIENCE_MS, () => stream.close());
    stream.end(body);
  });
}

const health = (port) => http1(port, "/health", "GET", {}, "", new Agent());
const invoke = (port, count) => {
  const headers = Object.fromEntries(signed(INVOKE, BODY, KEY));
  return count % 2 === 0
    ? http2(port, INVOKE, headers, BODY)
    : http1(port, INVOKE, "POST", { ...headers, "content-length": BODY.length }, BODY, agent);
};

/** The time until a call has succeeded, in ms; null if it hasn't after all attempts. */
async function timed(call) {
  const start = performance.now();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      if ((await call()) === 200) return performance.now() - start;
    } catch {
      // refused or closed; tried again
    }
    await sleep(PAUSE_MS * attempt);
  }
  return null;
}

/** Calls for a time. @returns the times of each kind of call, and how many failed */
async function measure({ port, ms }) {
  const results = { health: [], invoke: [] };
  const calls = [];
  const end = performance.now() + ms;
  for (let count = 0; performance.now() < end; count += 1) {
    calls.push(timed(() => health(port)).then((time) => results.health.push(time)));
    calls.push(timed(() => invoke(port, count)).then((time) => results.invoke.push(time)));
    await sleep(EVERY_MS);
  }
  await Promise.all(calls);
  session?.close();
  session = undefined;
  return results;
}

process.on("message", async (task) => process.send(await measure(task)));
process.on("disconnect", () => process.exit());
process.send({});
