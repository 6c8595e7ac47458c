import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";

import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";

/** A test server's response to one request: anything, valid or invalid, that a real server might send. */
export type Play = (
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  body: string,
) => unknown;

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** A scripted HTTP/2 server, for failures that a correct server never has. */
export async function frameServer(play: Play) {
  const server = http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  const requests: { headers: http2.IncomingHttpHeaders; body: string }[] = [];
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    let body = "";
    stream.setEncoding("utf8");
    stream.on("error", () => undefined);
    stream.on("data", (data: string) => (body += data));
    stream.on("end", () => {
      requests.push({ headers, body });
      void play(stream, headers, body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` as const;
  return {
    url,
    requests,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Starts a streamed answer: status 200 and Bedrock's headers. */
export function begin(stream: http2.ServerHttp2Stream, headers: Record<string, string> = {}): void {
  stream.respond({
    ":status": 200,
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-content-type": "application/json",
    ...headers,
  });
}

/** One chunk frame around a native body. */
export function chunkFrame(body: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(body)).toString("base64");
  return frame(
    { ":event-type": "chunk", ":content-type": "application/json", ":message-type": "event" },
    { bytes, p: "ab" },
  );
}

/** The body of the chunk with number `count`, which carries `generation`. */
export function nativeBody(count: number, generation: string, stopReason: string | null = null) {
  return {
    generation,
    prompt_token_count: count === 1 ? 10 : null,
    generation_token_count: count,
    stop_reason: stopReason,
    ...(stopReason !== null && {
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: 10,
        outputTokenCount: count,
        invocationLatency: 1686,
        firstByteLatency: 294,
      },
    }),
  };
}

/** One exception frame. */
export function exceptionFrame(type: string, message: string): Uint8Array {
  return frame(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    { message },
  );
}

function frame(headers: Record<string, string>, payload: unknown): Uint8Array {
  return codec.encode({
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }]),
    ),
    body: Buffer.from(JSON.stringify(payload)),
  });
}
