import { describe, expect, it } from "vitest";

import {
  HOST,
  KEY,
  NOW,
  SESSION_KEY,
  signedBySdk,
  signedRequest,
  type SigningOptions,
} from "../../sigv4/support.js";
import { sendHttp1, sendHttp2 } from "../support/http.js";
import { MODEL } from "../support/start.js";
import { startGuardedServer } from "./guarded-server.js";
import { authenticate, keysOf, refusalOf } from "./support.js";

const PATH = "/model/meta.llama3-8b-instruct-v1%3A0/invoke";
const BODY = JSON.stringify({ prompt: "Hi" });

const start = () => startGuardedServer(keysOf(KEY), { now: () => NOW });

describe.each([
  ["HTTP/1.1", sendHttp1, "host"],
  ["HTTP/2", sendHttp2, ":authority"],
])("over %s", (_, send, hostHeader) => {
  it.each(["host", ":authority"])("the host may be signed as %s", async (name) => {
    const { url } = await start();
    const { host } = new URL(url);
    const { headers, target, body } = await signedBySdk({
      method: "POST",
      path: PATH,
      headers: { [name]: host },
      body: BODY,
    });
    const sent = Object.fromEntries(headers.filter(([key]) => key !== name));
    expect(sent["authorization"]).toContain(`SignedHeaders=${name};`);
    const response = await send(url, target, { headers: { ...sent, [hostHeader]: host }, body });
    expect(response.status, response.body.toString()).toBe(200);
  });

  it("a signature covers both values of a header that is sent twice", async () => {
    const { url } = await start();
    const headers = { "x-twice": "b,a  c" };
    const signed = await signedBySdk({ method: "POST", path: PATH, headers, body: BODY });
    const sent = Object.fromEntries(signed.headers.filter(([name]) => name !== "host" && name !== "x-twice"));
    const twice = ["b", "a   c"] as unknown as string;
    const response = await send(url, signed.target, {
      headers: { ...sent, "x-twice": twice, [hostHeader]: HOST },
      body: BODY,
    });
    expect(response.status, response.body.toString()).toBe(200);
  });

  it("a colon in the path may be unescaped", async () => {
    const { url } = await start();
    const { headers, target, body } = await signedBySdk({
      method: "POST",
      path: PATH.replace("%3A", ":"),
      body: BODY,
    });
    const sent = Object.fromEntries(headers.filter(([name]) => name !== "host"));
    const response = await send(url, target, { headers: { ...sent, [hostHeader]: HOST }, body });
    expect(response.status, response.body.toString()).toBe(200);
  });
});

it("SignedHeaders may list names with capitals", async () => {
  const { headers, ...rest } = await signedBySdk({ method: "POST", path: PATH, body: BODY });
  const listed = (value: string) => value.replace("host;x-amz-content-sha256", "Host;X-Amz-Content-SHA256");
  const renamed = headers.map(
    ([name, value]) => [name, name === "authorization" ? listed(value) : value] as const,
  );
  expect(renamed).not.toEqual(headers);
  await authenticate({ ...rest, headers: renamed });
});

it("a signature for an escaped colon isn't valid for an unescaped one", async () => {
  const signed = await signedBySdk({ method: "POST", path: PATH, body: BODY });
  await authenticate(signed);
  const { type } = await refusalOf({ ...signed, target: signed.target.replace("%3A", ":") });
  expect(type).toBe("InvalidSignatureException");
});

it("the body is read only if the claim passes its checks and names a known key that hasn't expired", async () => {
  const { createKeyAuthenticator } = await import("../../../src/server/access/key-authenticator.js");
  const expired = { ...SESSION_KEY, expiresAt: new Date(NOW).toISOString() };
  const authenticator = createKeyAuthenticator(keysOf(KEY, expired), { now: () => NOW });
  let read = 0;
  const reading = async (options: SigningOptions) => {
    const request = signedRequest(
      await signedBySdk({ method: "POST", path: `/model/${MODEL}/invoke` }, options),
    );
    const bodySha256 = () => {
      read += 1;
      return request.bodySha256();
    };
    const identified = authenticator.identify({ ...request, bodySha256 });
    await identified.then((proof) => proof?.verify()).catch(() => undefined);
    return read;
  };
  expect(await reading({ at: NOW - 600_000 })).toBe(0);
  expect(await reading({})).toBe(1);
  expect(await reading({ key: { ...KEY, accessKeyId: "CRIANOBODYNOBODY2222" } })).toBe(1);
  expect(await reading({ key: { ...KEY, sessionToken: "nobody's" } })).toBe(1);
  expect(await reading({ key: SESSION_KEY })).toBe(1);
  expect(await reading({ key: { ...KEY, secretAccessKey: "another" } })).toBe(2);
});
