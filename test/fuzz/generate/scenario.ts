import fc from "fast-check";

import type { Act, FuzzAuth, RequestAct } from "../acts.js";
import { FUZZED_LIMITS } from "../limits.js";
import { body, bytesOf, rightBodies } from "./bodies.js";
import { headers } from "./headers.js";
import { http1Act } from "./http1.js";
import { http2Act } from "./http2.js";
import { rightId, target } from "./targets.js";
import { tlsAct } from "./tls.js";

/** The protocol and the server. */
const way = fc.record({
  protocol: fc.constantFrom<RequestAct["protocol"]>("HTTP/1.1", "HTTP/2"),
  secure: fc.constantFrom(false, false, true),
  auth: fc.constantFrom<FuzzAuth>("none", "none", "keys"),
});

const requestAct: fc.Arbitrary<Act> = fc
  .record({
    way,
    target: fc.oneof(
      { arbitrary: target, weight: 20 },
      { arbitrary: target.map(({ path }) => ({ method: "HEAD", path })), weight: 1 },
    ),
    headers,
    body: fc.oneof(
      { arbitrary: body.filter((text) => text.length < 100_000), weight: 9 },
      { arbitrary: fc.constant(""), weight: 1 },
    ),
    resetAfter: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 5 },
      { arbitrary: fc.nat(2_000), weight: 1 },
    ),
  })
  .map(({ way: over, target: { method, path }, ...rest }) => ({
    type: "request",
    ...over,
    method,
    path,
    ...rest,
  }));

/** A request that an operation accepts, although the model may refuse it or the answer may fail. */
const rightRequest = fc.oneof(
  ...Object.entries(rightBodies).map(([action, json]) =>
    fc
      .tuple(rightId, json)
      .map(([id, text]) => ({ method: "POST", path: `/model/${id}/${action}`, body: bytesOf(text) })),
  ),
  ...["/foundation-models", "/inference-profiles"].flatMap((path) => [
    fc.constant({ method: "GET", path, body: "" }),
    rightId.map((id) => ({ method: "GET", path: `${path}/${id}`, body: "" })),
  ]),
);

const rightAct: fc.Arbitrary<Act> = fc
  .tuple(way, rightRequest)
  .map(([over, request]) => ({ type: "request", ...over, ...request, headers: {} }));

/** A client that requests megabytes and reads nothing. */
const deafAct: fc.Arbitrary<Act> = fc.constant('{"prompt":"flood"}').map((text) => ({
  type: "raw",
  protocol: "HTTP/1.1",
  steps: [
    {
      type: "send",
      text: `POST /model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${text.length}\r\n\r\n${bytesOf(text)}`,
    },
    // twice as long as the server waits
    { type: "pause", ms: 4 * FUZZED_LIMITS.stallMs },
  ],
  leave: { type: "destroy", afterMs: 0 },
  answers: undefined,
  neverReads: true,
}));

const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: requestAct, weight: 80 },
  { arbitrary: rightAct, weight: 40 },
  { arbitrary: http1Act, weight: 80 },
  { arbitrary: tlsAct, weight: 20 },
  { arbitrary: http2Act, weight: 60 },
  { arbitrary: deafAct, weight: 1 },
);

/** The acts of several clients in parallel. */
export const scenario: fc.Arbitrary<readonly Act[]> = fc.array(act, {
  minLength: 1,
  maxLength: 24,
  size: "max",
});
