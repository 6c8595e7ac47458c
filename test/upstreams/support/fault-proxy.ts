import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a {@link FaultProxy} does to a request for a generation. Everything else passes as it is. */
export type Fault =
  /** Answers by itself. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Asks the server, and does something to the events of its answer, one by one. */
  | { readonly kind: "events"; readonly change: ChangeEvents }
  /** Holds the head of the answer back. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Closes the connection instead of an answer. */
  | { readonly kind: "cut" }
  /** Sends the answer in other pieces than it came in: all at once if `bytes` is infinite. */
  | { readonly kind: "pieces"; readonly bytes: number };

/** Writes an answer's events otherwise. `index` counts from 0; `end` is true once, after the last, with "" as event. */
export type ChangeEvents = (event: string, index: number, end: boolean, to: ServerResponse) => void;

/** A proxy in front of a server, which fails as it is told. */
export interface FaultProxy {
  readonly url: string;
  /** @default none: everything passes */
  fault: Fault | undefined;
  /** Requests for a generation so far. */
  readonly generations: () => number;
  /** The bodies of these requests. */
  readonly sent: readonly string[];
  close(): Promise<void>;
}

/** The paths of requests for a generation, for all kinds of servers. */
const GENERATION = /\/(?:completions?|api\/generate|chat\/completions)$/u;

/**
 * Starts a proxy.
 *
 * @param target - the server's URL, without `/v1`
 * @param prefix - a path that stands in front of all paths of the proxy, such as `/inner`
 */
export async function startFaultProxy(target: string, prefix = ""): Promise<FaultProxy> {
  let generations = 0;
  const sent: string[] = [];
  const server = createServer((asked, answer) => {
    const parts: Buffer[] = [];
    asked.on("data", (part: Buffer) => parts.push(part));
    asked.on("end", () => {
      const body = Buffer.concat(parts);
      // a prompt is counted by an answer of one token where a server can't count
      const isGeneration = GENERATION.test(asked.url ?? "") && body.includes('"stream":true');
      if (isGeneration) {
        generations += 1;
        sent.push(body.toString());
      }
      pass(
        { url: target, path: (asked.url ?? "").slice(prefix.length) },
        asked,
        body,
        answer,
        isGeneration ? proxy.fault : undefined,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    fault: undefined,
    generations: () => generations,
    sent,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

function pass(
  target: { readonly url: string; readonly path: string },
  asked: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
  fault: Fault | undefined,
): void {
  if (fault?.kind === "answer") {
    answer.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
    answer.end(fault.body ?? "{}");
    return;
  }
  if (fault?.kind === "cut") {
    answer.destroy();
    return;
  }
  const options = { method: asked.method, headers: { ...asked.headers, host: new URL(target.url).host } };
  const upstream = request(`${target.url}${target.path}`, options, (got) => {
    const begin = () => {
      answer.writeHead(got.statusCode ?? 500, got.headers);
      if (got.statusCode !== 200 || fault === undefined || fault.kind === "slow") got.pipe(answer);
      else if (fault.kind === "events") changeEvents(got, answer, fault.change);
      else cutIntoPieces(got, answer, fault.bytes);
    };
    if (fault?.kind === "slow") setTimeout(begin, fault.ms).unref();
    else begin();
    got.on("error", () => answer.destroy());
  });
  upstream.on("error", () => answer.destroy());
  // a caller who leaves is passed on
  answer.on("close", () => upstream.destroy());
  upstream.end(body);
}

function changeEvents(got: IncomingMessage, answer: ServerResponse, change: ChangeEvents): void {
  const separator = (got.headers["content-type"] ?? "").includes("event-stream") ? "\n\n" : "\n";
  let rest = "";
  let index = 0;
  got.setEncoding("utf8");
  got.on("data", (text: string) => {
    const events = (rest + text.replaceAll("\r\n", "\n")).split(separator);
    rest = events.pop() ?? "";
    for (const event of events) {
      if (!answer.destroyed) change(`${event}${separator}`, index, false, answer);
      index += 1;
    }
  });
  got.on("end", () => {
    if (!answer.destroyed) change("", index, true, answer);
  });
}

/** As many bytes at once, within characters and events; all of them if that is infinite. */
function cutIntoPieces(got: IncomingMessage, answer: ServerResponse, bytes: number): void {
  const all: Buffer[] = [];
  got.on("data", (part: Buffer) => {
    if (bytes === Infinity) all.push(part);
    else for (let at = 0; at < part.length; at += bytes) answer.write(part.subarray(at, at + bytes));
  });
  got.on("end", () => answer.end(Buffer.concat(all)));
}
