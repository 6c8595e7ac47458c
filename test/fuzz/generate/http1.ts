import fc from "fast-check";

import type { RawAct } from "../acts.js";
import { IGNORED_BODY_BYTES } from "../../../src/server/limits.js";
import { FUZZED_LIMITS } from "../limits.js";
import { body } from "./bodies.js";
import { headers } from "./headers.js";
import { damaged, leaveAnswered, leaveBroken, steps } from "./steps.js";
import { target, type Target } from "./targets.js";

type Framing = "length" | "chunked";

/** A body in chunks. */
function chunked(text: string, sizes: readonly number[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const size of [...sizes, Infinity]) {
    const part = text.slice(from, from + size);
    if (part === "") break;
    parts.push(`${part.length.toString(16)}\r\n${part}\r\n`);
    from += size;
  }
  return `${parts.join("")}0\r\n\r\n`;
}

function written(
  { method, path }: Target,
  more: Readonly<Record<string, string>>,
  text: string,
  framing: Framing,
  sizes: readonly number[],
): string {
  const framingHeader =
    framing === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${text.length}`;
  const lines = [`${method} ${path} HTTP/1.1`, "Host: localhost", framingHeader];
  for (const [name, value] of Object.entries(more)) lines.push(`${name}: ${value}`);
  return `${lines.join("\r\n")}\r\n\r\n${framing === "chunked" ? chunked(text, sizes) : text}`;
}

/** A complete request that is valid HTTP. */
const request = fc
  .tuple(
    target,
    headers,
    body,
    fc.constantFrom<Framing>("length", "chunked"),
    fc.oneof(
      { arbitrary: fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 4 }), weight: 9 },
      // byte by byte
      { arbitrary: fc.constant(Array<number>(10_000).fill(1)), weight: 1 },
    ),
  )
  .map((parts) => written(...parts));

const raw = (text: string, answers: number | undefined): fc.Arbitrary<RawAct> =>
  fc
    .tuple(steps(text), answers === undefined ? leaveBroken : leaveAnswered)
    .map(([made, leave]) => ({ type: "raw", protocol: "HTTP/1.1", steps: made, leave, answers }));

/** Whether a request must be answered: a request over a limit may end its connection without a response. */
function isWithinLimits(text: string): boolean {
  return (
    text.length < FUZZED_LIMITS.bodyBytes / 2 && text.indexOf("\r\n\r\n") < FUZZED_LIMITS.headerBytes / 2
  );
}

/** Whether a refusal may end the connection because the body isn't read: later requests are lost, and perhaps the response too. */
function mayEndConnection(text: string): boolean {
  return text.includes("Transfer-Encoding") || text.length > IGNORED_BODY_BYTES;
}

/** Pipelined requests. */
const pipelined = fc.array(request, { minLength: 1, maxLength: 5 }).chain((requests) => {
  const sure = requests.every(isWithinLimits) && !requests.slice(0, -1).some(mayEndConnection);
  return raw(requests.join(""), sure ? requests.length : undefined);
});

const half = fc
  .tuple(request, fc.nat())
  .chain(([text, length]) => raw(text.slice(0, length % text.length), undefined));

const broken = request.chain(damaged).chain((text) => raw(text, undefined));

/** Known attacks on HTTP/1.1. */
const TRICKS = [
  "GET / HTTP/1.1\r\n\r\n",
  "GET /health HTTP/0.9\r\n\r\n",
  "GET /health HTTP/1.0\r\n\r\n",
  "GET /health HTTP/2.0\r\nHost: localhost\r\n\r\n",
  "GET /health\r\n",
  "\r\n\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET http://elsewhere/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "CONNECT elsewhere:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: y\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: localhost\r\n folded: yes\r\n\r\n",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
  'POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5;ext="\r\nhello\r\n0\r\nTrailer: x\r\n\r\n',
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
  "POST /model/a/invoke HTTP/1.1\r\nHost: localhost\r\nExpect: something-else\r\nContent-Length: 2\r\n\r\n{}",
  `GET /health HTTP/1.1\r\nHost: localhost\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
  `GET /health HTTP/1.1\r\n${"a: b\r\n".repeat(3_000)}\r\n`,
  `GET /${"a".repeat(30_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "\x80\x2e\x01\x00\x02",
  "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
  "PRI * HTTP/1.1\r\n\r\n",
];

const trick = fc
  .oneof(
    fc.constantFrom(...TRICKS),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  )
  .chain((text) => raw(text, undefined));

/** Acts of a client on a raw HTTP/1.1 connection. */
export const http1Act: fc.Arbitrary<RawAct> = fc.oneof(
  { arbitrary: pipelined, weight: 4 },
  { arbitrary: half, weight: 2 },
  { arbitrary: broken, weight: 3 },
  { arbitrary: trick, weight: 2 },
);
