import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { defaultLimits } from "../../../src/server/limits.js";
import { http1Exchange } from "../../../src/server/transport/http1.js";
import { testConnection } from "../support/exchange.js";
import { openRaw } from "../support/http.js";

it("doesn't count a response that ends on a broken connection as sent", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const outcome = new Promise((resolve) => {
    server.on("request", (request, response) => {
      const exchange = http1Exchange(request, response, defaultLimits, testConnection());
      let finished = false;
      response.on("finish", () => (finished = true));
      response.on("close", () => resolve({ finished, complete: exchange.isComplete() }));
      const head = { status: 200, headers: [["Content-Length", "0"]], streamed: false } as const;
      exchange.writeHead(head, false);
      setImmediate(() => {
        exchange.cut("stream");
        void exchange.end();
      });
    });
  });
  const { socket } = openRaw(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await outcome).toEqual({ finished: false, complete: false });
});
