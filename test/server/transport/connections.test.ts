import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

import { describe, expect, it } from "vitest";

import { Connections } from "../../../src/server/transport/connections.js";
import { openRaw, sendHttp1 } from "../support/http.js";
import { startServer, until } from "../support/start.js";
import { identity, openSecure } from "../support/tls.js";
import { PREFACE, requestFrames, windows } from "../support/raw-http2.js";
import { INVOKE } from "../support/start.js";

/** A socket that is only opened and closed; as with Node's, "close" comes later. */
class TestSocket extends EventEmitter {
  destroyed = false;
  constructor(readonly remoteAddress: string) {
    super();
  }
  destroy() {
    if (this.destroyed) return;
    this.destroyed = true;
    setImmediate(() => this.emit("close"));
  }
}

/** Connections with up to three open, and a function that opens one. */
function three() {
  const connections = new Connections(3);
  const open = (address = "127.0.0.1") => {
    const socket = new TestSocket(address);
    return { socket, connection: connections.add(socket as unknown as Socket) };
  };
  const gone = (...all: ReturnType<typeof open>[]) => all.map(({ socket }) => socket.destroyed);
  return { open, gone };
}

describe("when there are too many connections", () => {
  it("the one goes that has waited longest", () => {
    const { open, gone } = three();
    const [one, two, last] = [open(), open(), open()] as const;
    one.connection?.touch();
    const next = open();
    expect(gone(one, two, last, next)).toEqual([false, true, false, false]);
  });

  it("one that never had a request accepted goes before one that had", () => {
    const { open, gone } = three();
    const [one, two, last] = [open(), open(), open()] as const;
    one.connection?.prove();
    two.connection?.prove();
    open();
    expect(gone(one, two, last)).toEqual([false, false, true]);
    const newest = open();
    expect(gone(one, two, newest)).toEqual([false, false, false]);
    newest.connection?.prove();
    open();
    expect(gone(one, two, newest)).toEqual([true, false, false]);
  });

  it("none goes that the server works for", () => {
    const { open, gone } = three();
    const all = [open(), open(), open()] as const;
    const ends = all.map(({ connection }) => connection?.work());
    const refused = open();
    expect(refused.connection).toBeUndefined();
    expect(gone(...all, refused)).toEqual([false, false, false, true]);
    ends[1]?.();
    expect(open().connection).toBeDefined();
    expect(gone(...all)).toEqual([false, true, false]);
  });

  it("one with two requests waits for its client once both are done", () => {
    const { open, gone } = three();
    const [one] = [open(), open(), open()] as const;
    const ends = [one.connection?.work(), one.connection?.work()];
    ends[0]?.();
    open();
    expect(gone(one)).toEqual([false]);
    ends[1]?.();
    open();
    open();
    open();
    expect(gone(one)).toEqual([true]);
  });

  it("of one address, one of that address goes", () => {
    const connections = new Connections(8);
    const open = (address: string) => {
      const socket = new TestSocket(address);
      connections.add(socket as unknown as Socket);
      return socket;
    };
    const other = open("198.51.100.1");
    const [first] = Array.from({ length: 6 }, () => open("192.0.2.1"));
    expect(first?.destroyed).toBe(false);
    open("192.0.2.1");
    expect([first?.destroyed, other.destroyed]).toEqual([true, false]);
  });
});

/** The beginning of a ClientHello. */
const HALF_HELLO = Buffer.from("160301020001", "hex");

/** Clients that keep the server waiting, each in another way. */
const waiting: readonly (readonly [string, Uint8Array])[] = [
  ["sends nothing", Buffer.alloc(0)],
  ["sends half of HTTP/2's preface", PREFACE.subarray(0, 9)],
  ["stays in the TLS handshake", HALF_HELLO],
  ["sends half a head", Buffer.from(`POST ${INVOKE} HTTP/1.1\r\nHost: local`)],
  [
    "sends half a body",
    Buffer.from(`POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{`),
  ],
  ["sends half a head over HTTP/2", Buffer.concat([PREFACE, requestFrames(1, INVOKE, "{}").subarray(0, 20)])],
  [
    "opens many requests over HTTP/2 and ends none",
    Buffer.concat([PREFACE, ...Array.from({ length: 50 }, (_, i) => requestFrames(2 * i + 1, INVOKE))]),
  ],
  ["is idle over HTTP/2", Buffer.concat([PREFACE, windows(65_536)])],
];

describe.each(waiting)("a client that %s", (_, bytes) => {
  it("can't keep others out, however many connections it has", async () => {
    const { server } = await startServer(
      { tokens: ["Hello"] },
      { limits: { connections: 4 }, tls: identity },
    );
    const url = server.url.replace("https:", "http:");
    const held = Array.from({ length: 8 }, () => openRaw(url));
    for (const { socket } of held) socket.write(bytes);
    await until(() => held.filter(({ socket }) => socket.destroyed).length >= 4, "the end of the oldest");
    expect(await sendHttp1(url, "/health", { method: "GET" })).toMatchObject({ status: 200 });
    expect(await sendHttp1(url, INVOKE, { body: '{"prompt":"Hi"}' })).toMatchObject({ status: 200 });
    for (const { socket } of held) socket.destroy();
  });
});

it("a connection over TLS that is worked for stays, and counts once", async () => {
  const slow = { tokens: ["a", { text: "b", delayMs: 600_000 }] };
  const { server, engine } = await startServer(slow, { limits: { connections: 2 }, tls: identity });
  const busy = await openSecure(server.url, { ALPNProtocols: ["http/1.1"] });
  busy.socket.write(
    `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n{"prompt":"Hi"}`,
  );
  await until(() => engine.requests.length === 1, "the request");
  for (let i = 0; i < 3; i += 1) {
    const url = server.url.replace("https:", "http:");
    expect(await sendHttp1(url, "/health", { method: "GET" })).toMatchObject({ status: 200 });
  }
  expect(busy.socket.destroyed).toBe(false);
  busy.socket.destroy();
});
