import { request as http1Request, type IncomingMessage } from "node:http";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { request as httpsRequest } from "node:https";

import type { FuzzAuth, RequestAct } from "../acts.js";
import { PATIENCE_MS } from "../limits.js";
import type { Answer } from "../oracle/answer.js";

/** The address of each server. */
export type Ports = Readonly<Record<FuzzAuth, number>>;

/** The server makes its certificate for the run. */
const HOST = { host: "127.0.0.1", rejectUnauthorized: false };

/**
 * Sends a request with Node's own client.
 *
 * @returns the response, or undefined if the client disconnected before its end
 * @throws {Error} there was no response in time, or an invalid one.
 */
export async function playRequest(ports: Ports, act: RequestAct): Promise<Answer | undefined> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`No answer after ${PATIENCE_MS} ms.`));
  }, PATIENCE_MS);
  try {
    return await (act.protocol === "HTTP/1.1" ? overHttp1 : overHttp2)(
      ports[act.auth],
      act,
      controller.signal,
    );
  } finally {
    clearTimeout(timer);
  }
}

function overHttp1(port: number, act: RequestAct, signal: AbortSignal): Promise<Answer | undefined> {
  const { secure, method, path, headers, body, resetAfter } = act;
  return new Promise((resolve, reject) => {
    const ask = secure ? httpsRequest : http1Request;
    // for GET, Node's client leaves out this header but still sends the body
    const sized = { ...headers, "content-length": body.length };
    const request = ask({ ...HOST, port, method, path, headers: sized, agent: false, signal });
    request.on("error", (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    request.on("response", (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on("error", reject);
      response.on("data", (data: Buffer) => {
        parts.push(data);
        length += data.length;
        if (resetAfter === undefined || length < resetAfter) return;
        resolve(undefined);
        request.destroy();
      });
      response.on("end", () => {
        const { statusCode = 0, rawHeaders } = response;
        resolve({ status: statusCode, headers: pairs(rawHeaders), body: Buffer.concat(parts) });
      });
    });
    request.end(Buffer.from(body, "latin1"));
  });
}

function overHttp2(port: number, act: RequestAct, signal: AbortSignal): Promise<Answer | undefined> {
  const { secure, method, path, headers, body, resetAfter } = act;
  const session = connectHttp2(`${secure ? "https" : "http"}://${HOST.host}:${port}`, HOST);
  const answer = new Promise<Answer | undefined>((resolve, reject) => {
    session.on("error", reject);
    const stream = session.request(
      { ...headers, ":method": method, ":path": path },
      // for GET too
      { signal, endStream: false },
    );
    const parts: Buffer[] = [];
    let length = 0;
    let status = 0;
    let received: readonly string[] = [];
    stream.on("error", (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    stream.on("response", (head: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      status = Number(head[":status"]);
      received = rawHeaders;
    });
    stream.on("data", (data: Buffer) => {
      parts.push(data);
      length += data.length;
      if (resetAfter === undefined || length < resetAfter) return;
      resolve(undefined);
      stream.close();
    });
    stream.on("end", () => resolve({ status, headers: pairs(received), body: Buffer.concat(parts) }));
    stream.on("close", () => reject(new Error(`The stream was closed with ${stream.rstCode}.`)));
    stream.end(Buffer.from(body, "latin1"));
  });
  return answer.finally(() => session.destroy());
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i) =>
    i % 2 === 0 && !name.startsWith(":") ? [[name.toLowerCase(), raw[i + 1] ?? ""] as [string, string]] : [],
  );
}
