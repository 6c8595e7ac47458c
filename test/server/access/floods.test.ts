import { connect as connectHttp2 } from "node:http2";

import { describe, expect, it, onTestFinished } from "vitest";

import { KEY, NOW, signedBySdk, type WireRequest } from "../../sigv4/support.js";
import { openRaw, type RawConnection, sendHttp1 } from "../support/http.js";
import { INVOKE, until } from "../support/start.js";
import { startGuardedServer } from "./guarded-server.js";
import { keysOf } from "./support.js";

const UNKNOWN = { ...KEY, accessKeyId: "CRIANOBODYNOBODY2222" };
const BODY = JSON.stringify({ prompt: `Hi${" ".repeat(2_000)}` });
const start = (limits = {}) => startGuardedServer(keysOf(KEY), { now: () => NOW, limits });

const signed = (key: typeof KEY): Promise<WireRequest> =>
  signedBySdk({ method: "POST", path: INVOKE, body: BODY }, { key });

/** A signed request whose body lacks its last byte. */
async function unfinished(url: string, key: typeof KEY): Promise<RawConnection> {
  const connection = openRaw(url);
  onTestFinished(() => void connection.socket.destroy());
  const { headers } = await signed(key);
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  connection.socket.write(
    `POST ${INVOKE} HTTP/1.1\r\n${head}Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, -1)}`,
  );
  return connection;
}

async function ask(url: string, key: typeof KEY): Promise<number> {
  const { headers, body } = await signed(key);
  return (await sendHttp1(url, INVOKE, { headers: Object.fromEntries(headers), body })).status;
}

describe("a caller with an unknown key", () => {
  it.each([
    ["slot", { requests: 2 }],
    ["memory", { bodyBytesInAll: 2 * BODY.length }],
  ])("takes no %s with requests that it doesn't finish", async (_, limits) => {
    const { url } = await start(limits);
    const held = await Promise.all(Array.from({ length: 20 }, () => unfinished(url, UNKNOWN)));
    await until(() => held.every(({ received }) => received.includes("UnrecognizedClient")), "the refusals");
    for (let i = 0; i < 5; i += 1) expect(await ask(url, KEY)).toBe(200);
  });

  it("is refused over HTTP/2 once its body has come, which takes nothing from others", async () => {
    const { url } = await start({ requests: 1, bodyBytesInAll: 2 * BODY.length });
    const session = connectHttp2(url);
    onTestFinished(() => session.destroy());
    const { headers } = await signed(UNKNOWN);
    const own = Object.fromEntries(headers.filter(([name]) => name !== "host"));
    const stream = session.request(
      { ":method": "POST", ":path": INVOKE, ":authority": "cria.example:2742", ...own },
      { endStream: false },
    );
    let status: unknown;
    stream.on("response", (head) => (status = head[":status"]));
    await new Promise((resolve) => stream.write(BODY.slice(1), resolve));
    expect(await ask(url, KEY)).toBe(200);
    stream.end(" ");
    await until(() => status === 403, "the refusal");
  });
});

describe("a caller who names a known key and has yet to prove it", () => {
  it.each([
    ["slots", { requests: 4 }],
    ["memory", { bodyBytesInAll: 4 * BODY.length }],
  ])("takes half of all %s; a connection whose caller has proved one keeps the rest", async (_, limits) => {
    const { url } = await start(limits);
    const session = connectHttp2(url);
    onTestFinished(() => session.destroy());
    const { headers } = await signed(KEY);
    const own = Object.fromEntries(headers.filter(([name]) => name !== "host"));
    const askAgain = () =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ":method": "POST",
          ":path": INVOKE,
          ":authority": "cria.example:2742",
          ...own,
        });
        stream.on("response", (head) => resolve(head[":status"])).on("error", reject);
        stream.resume().end(BODY);
      });
    expect(await askAgain()).toBe(200);
    const held = await Promise.all(Array.from({ length: 4 }, () => unfinished(url, KEY)));
    const throttled = () => held.filter(({ received }) => received.includes("ThrottlingException")).length;
    await until(() => throttled() === 2, "the refusals");
    expect(await ask(url, KEY)).toBe(429);
    for (let i = 0; i < 5; i += 1) expect(await askAgain()).toBe(200);
    for (const { socket } of held) socket.destroy();
    await expect.poll(() => ask(url, KEY)).toBe(200);
  });
});
