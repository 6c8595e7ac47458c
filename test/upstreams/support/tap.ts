import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

import { MessageDecoder } from "../../../src/event-stream/index.js";

/** A proxy that changes nothing and keeps what passes. */
export interface Tap {
  readonly url: string;
  /** The texts of the chunks of the native streams that passed. */
  readonly texts: () => readonly string[];
  close(): void;
}

/** Starts a proxy in front of a Cria, for HTTP/1.1. */
export async function startTap(target: string): Promise<Tap> {
  const parts: Buffer[] = [];
  const server = createServer((asked, answer) => {
    const { method, headers } = asked;
    const passed = request(`${target}${asked.url ?? ""}`, { method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 500, got.headers);
      got.on("data", (part: Buffer) => parts.push(part));
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const utf8 = new TextDecoder();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts: () =>
      new MessageDecoder().push(Buffer.concat(parts)).map(({ body }) => generationOf(utf8.decode(body))),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param payload - a chunk, whose bytes are base64 of the native JSON */
function generationOf(payload: string): string {
  const { bytes } = JSON.parse(payload) as { readonly bytes: string };
  return (JSON.parse(Buffer.from(bytes, "base64").toString()) as { readonly generation: string }).generation;
}
