import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { sniffProtocol } from "../../../src/server/transport/protocol-sniffer.js";

const PREFACE_MS = 100;

/** Blocks the event loop. */
function beBusy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it("doesn't time out a client whose bytes arrived while the process was busy", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let received = "";
  client.on("data", (data) => (received += data.toString()));
  const [socket] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const protocol = new Promise((resolve) => sniffProtocol(socket, PREFACE_MS, resolve));
  client.write("GET / HTTP/1.1\r\n");
  // the event loop runs timers before it reads sockets
  setImmediate(beBusy, 2 * PREFACE_MS);
  expect(await Promise.race([protocol, once(client, "end")])).toBe("HTTP/1.1");
  expect(received).toBe("");
});
