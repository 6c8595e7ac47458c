import { describe, expect, it } from "vitest";

import { HOST, NOW, SESSION_KEY, type WireRequest } from "../../sigv4/support.js";
import { protocols, type WholeResponse } from "../support/http.js";
import { startGuardedServer } from "./guarded-server.js";
import { API_KEY, authorized, cases, inQuery, keys, type Refusal, signed } from "./refusal-cases.js";

/** A response's status, headers in order, and body; without the values that differ each time. */
function comparable({ status, headers, body }: WholeResponse) {
  const rest = headers.filter(([name]) => !name.startsWith(":"));
  const fixed = rest.map(([name, value]) =>
    /^(?:date|x-amzn-requestid)$/iu.test(name) ? [name] : [name, value],
  );
  return { status, headers: fixed, body: body.toString() };
}

function expected({ status, type, body }: Refusal, protocol: string) {
  const text = JSON.stringify(body);
  const headers = [
    ["Date"],
    ["Content-Type", "application/json"],
    ["Content-Length", String(text.length)],
    ...(protocol === "HTTP/2" ? [] : [["Connection", "keep-alive"]]),
    ["x-amzn-RequestId"],
    ["x-amzn-ErrorType", `${type}:http://internal.amazon.com/coral/com.amazon.coral.service/`],
  ] as const;
  const lower = ([name, ...value]: readonly string[]) => [(name ?? "").toLowerCase(), ...value];
  return { status, headers: protocol === "HTTP/2" ? headers.map(lower) : headers, body: text };
}

describe.each(protocols)("over %s", (protocol, send) => {
  const sendTo = (url: string, { method, target, headers, body }: WireRequest) => {
    const map = Object.fromEntries(headers);
    const { host, ...rest } = map;
    // HTTP/2 has another name for the host
    const own = protocol === "HTTP/2" ? { ":authority": host ?? HOST } : { host: host ?? HOST };
    return send(url, target, { method, headers: { ...rest, ...own }, body });
  };

  it.each([
    ["a signature", () => signed()],
    ["a signature with a session token", () => signed({ key: SESSION_KEY })],
    ["a presigned URL", () => signed(inQuery)],
    ["a presigned URL with a session token", () => signed({ key: SESSION_KEY, ...inQuery })],
    ["a signature of exactly 5 min ago", () => signed({ at: NOW - 300_000 })],
    ["a signature dated exactly 5 min ahead", () => signed({ at: NOW + 300_000 })],
    ["a presigned URL just before it expires", () => signed({ at: NOW - 900_000, ...inQuery })],
    ["a signature for any region", () => signed({ region: "eu-moon-7" })],
    ["an API key", () => authorized(`Bearer ${API_KEY}`)],
    ["an API key after a lower-case scheme", () => authorized(`bearer  ${API_KEY}`)],
  ])("accepts %s", async (_, request) => {
    const { url } = await startGuardedServer(keys, { now: () => NOW + 999 });
    const response = await sendTo(url, await request());
    expect(response.status, response.body.toString()).toBe(200);
    expect(JSON.parse(response.body.toString())).toMatchObject({ generation: "Hello" });
  });

  it.each(cases)("refuses %s", async (_, request, refused) => {
    const { url, lines } = await startGuardedServer(keys, { now: () => NOW });
    const response = await sendTo(url, await request());
    expect(comparable(response)).toEqual(expected(refused, protocol));
    expect(lines).toMatchObject([{ exception: refused.type, operation: "InvokeModel" }]);
  });
});
