import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

import { InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { beforeEach, describe, expect, test } from "vitest";

import { signedBySdk } from "../../sigv4/support.js";
import { emptyFolder } from "../../support/folder.js";
import { openRaw, sendHttp1, sendHttp2 } from "../support/http.js";
import { readRecording } from "../support/recording.js";
import { sdkProtocols } from "../support/sdk.js";
import { until } from "../support/start.js";
import { exception, json, KEYS, MODEL, startAmazon, startFront, stubAws } from "./support/amazon.js";

const INVOKE = `/model/${encodeURIComponent(MODEL)}/invoke`;
const STREAM = `/model/${encodeURIComponent(MODEL)}/invoke-with-response-stream`;
const BODY = JSON.stringify({ prompt: "Hi" });
const frames = readRecording("llama3-8b.invoke-with-response-stream").response.body;
const EVENTS = { "content-type": "application/vnd.amazon.eventstream" };

/** {@link KEYS} as signers take them. */
const KEY = {
  accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
  secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
  sessionToken: KEYS.AWS_SESSION_TOKEN,
};

beforeEach(() => stubAws(KEYS));

const text = ({ body }: { readonly body: Buffer }) => body.toString();

describe("the request that is passed on", () => {
  test("has the bytes of its body, the headers that Bedrock knows, and a signature of Cria's own", async () => {
    const amazon = await startAmazon(json(200, {}));
    const { server } = await startFront(amazon.url);
    const body = '{ "prompt" : "Ł\\u0000" , "odd": [1.0] }';
    await sendHttp1(server.url, `${INVOKE}?X-Amz-Credential=theirs&X-Amz-Signature=theirs`, {
      body,
      headers: {
        ...{
          authorization: "AWS4-HMAC-SHA256 Credential=theirs",
          cookie: "theirs",
          "x-forwarded-for": "1.2.3.4",
        },
        ...{ "x-amz-date": "20200101T000000Z", "x-amz-security-token": "theirs", "x-cria-seed": "1" },
        ...{ "content-type": "application/json", accept: "*/*", "x-amzn-trace-id": "Root=1" },
        ...{ "x-amzn-bedrock-trace": "ENABLED", "X-Amzn-Bedrock-Something-New": "1" },
        ...{ "accept-encoding": "gzip", connection: "keep-alive, x-amzn-bedrock-trace", te: "trailers" },
      },
    });
    const [received] = amazon.received;
    expect(received?.body.toString()).toBe(body);
    expect(received?.path).toBe(INVOKE);
    expect(JSON.stringify(received)).not.toMatch(/theirs|1\.2\.3\.4|x-cria/u);
    const { authorization = "", "x-amz-date": date = "", ...others } = received?.headers ?? {};
    expect(others).toEqual({
      ...{ "content-type": "application/json", accept: "*/*", "x-amzn-trace-id": "Root=1" },
      ...{ "x-amzn-bedrock-trace": "ENABLED", "x-amzn-bedrock-something-new": "1" },
      ...{ host: new URL(amazon.url).host, "user-agent": "cria", connection: "keep-alive" },
      ...{
        "content-length": String(Buffer.byteLength(body)),
        "x-amz-security-token": KEYS.AWS_SESSION_TOKEN,
      },
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    });
    // what AWS' own library signs
    const { "content-length": length, connection, ...toSign } = others;
    expect([length, connection]).toEqual([String(Buffer.byteLength(body)), "keep-alive"]);
    const again = await signedBySdk(
      { method: "POST", path: INVOKE, headers: toSign as Readonly<Record<string, string>>, body },
      {
        key: KEY,
        region: "us-west-2",
        at: Date.parse(date.toString().replace(/^(.{4})(..)(.{5})(..)/u, "$1-$2-$3:$4:")),
      },
    );
    expect(["authorization", authorization]).toEqual(
      again.headers.find(([name]) => name === "authorization"),
    );
  });
});

describe("Amazon's refusals come back as they are", () => {
  test.each([
    [429, "ThrottlingException"],
    [503, "ServiceUnavailableException"],
    [400, "ValidationException"],
    [404, "ResourceNotFoundException"],
    [424, "ModelErrorException"],
  ])("%s %s", async (status, type) => {
    const amazon = await startAmazon(exception(status, type, "Amazon's words."));
    const { server, lines } = await startFront(amazon.url);
    for (const send of [sendHttp1, sendHttp2]) {
      const got = await send(server.url, INVOKE, { body: BODY });
      expect([got.status, text(got)]).toEqual([status, '{"message":"Amazon\'s words."}']);
      expect(got.header("x-amzn-errortype")).toMatch(new RegExp(`^${type}:`, "u"));
      expect(got.header("x-amzn-requestid")).toBe("amazons-own");
    }
    expect(amazon.received).toHaveLength(2);
    expect(lines).toMatchObject([
      {
        level: 30,
        status,
        exception: type,
        upstreamRequestId: "amazons-own",
        answeredBy: "Amazon Bedrock us-west-2",
      },
      { status },
    ]);
  });

  test("of Cria's credentials: the log says whose they are, and the next request looks for others", async () => {
    const amazon = await startAmazon(exception(403, "ExpiredTokenException"));
    const { server, lines } = await startFront(amazon.url);
    expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(403);
    expect(lines).toMatchObject([
      {
        exception: "ExpiredTokenException",
        advice: expect.stringMatching(/Cria's AWS credentials, not the caller's/u) as string,
      },
    ]);
    stubAws({ ...KEYS, AWS_ACCESS_KEY_ID: "AKIDROTATED" });
    await sendHttp1(server.url, INVOKE, { body: BODY });
    expect(
      amazon.received.map(({ headers }) => /Credential=(?<id>[^/]+)/u.exec(headers.authorization ?? "")?.[1]),
    ).toEqual([KEYS.AWS_ACCESS_KEY_ID, "AKIDROTATED"]);
  });
});

describe("retries", () => {
  test("there are none by default", async () => {
    const amazon = await startAmazon(exception(503, "ServiceUnavailableException"));
    const { server } = await startFront(amazon.url);
    await sendHttp1(server.url, INVOKE, { body: BODY });
    expect(amazon.received).toHaveLength(1);
  });

  test.each([429, 500, 503])("after %s as often as asked for, each signed anew", async (status) => {
    const amazon = await startAmazon(exception(status, "ThrottlingException"));
    const { server } = await startFront(amazon.url, { upstream: { retries: 2 } });
    expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(status);
    expect(amazon.received).toHaveLength(3);
    amazon.received.length = 0;
    amazon.answer = (response, received) => {
      const answer =
        amazon.received.length < 2 ? exception(status, "ThrottlingException") : json(200, { ok: 1 });
      return answer(response, received);
    };
    expect(text(await sendHttp1(server.url, INVOKE, { body: BODY }))).toBe('{"ok":1}');
  });

  test("not after a refusal", async () => {
    const amazon = await startAmazon(exception(400, "ValidationException"));
    const { server } = await startFront(amazon.url, { upstream: { retries: 2 } });
    await sendHttp1(server.url, INVOKE, { body: BODY });
    expect(amazon.received).toHaveLength(1);
  });

  test("after a connection that broke before the answer", async () => {
    const amazon = await startAmazon((response) => void response.socket?.destroy());
    const { server } = await startFront(amazon.url, { upstream: { retries: 1 } });
    const { status } = await sendHttp1(server.url, INVOKE, { body: BODY });
    expect(status).toBe(503);
    expect(amazon.received).toHaveLength(2);
  });
});

test("a refused connection", async () => {
  const amazon = await startAmazon(json(200, {}));
  amazon.close();
  const { server, lines } = await startFront(amazon.url);
  const got = await sendHttp1(server.url, INVOKE, { body: BODY });
  expect(got.status).toBe(503);
  expect(got.header("x-amzn-errortype")).toMatch(/^ServiceUnavailableException:/u);
  // a caller learns nothing of the network; the log has it
  expect(text(got)).toBe(
    '{"message":"Bedrock is unable to process your request. Amazon Bedrock can\'t be reached."}',
  );
  expect(lines).toMatchObject([{ level: 50, exception: "ServiceUnavailableException" }]);
  expect(JSON.stringify(lines)).toMatch(/127\.0\.0\.1:\d+ can't be reached: connect ECONNREFUSED/u);
  expect(JSON.stringify(lines)).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
});

test("no answer in time", async () => {
  const amazon = await startAmazon(() => undefined);
  const { server } = await startFront(amazon.url, { upstream: { timeoutMs: 200 } });
  const got = await sendHttp1(server.url, INVOKE, { body: BODY });
  expect([got.status, text(got)]).toEqual([503, expect.stringContaining("didn't answer within 0.2 s")]);
});

describe("no credentials", () => {
  test.each([
    ["none at all", {}, /Could not load credentials/u],
    ["a profile that isn't there", { AWS_PROFILE: "nobody" }, /Profile nobody: Could not/u],
  ])("%s: the caller isn't told what to do, whoever runs the server is", async (_what, variables, reason) => {
    stubAws(variables);
    const amazon = await startAmazon(json(200, {}));
    const { server, lines, notices } = await startFront(amazon.url);
    const got = await sendHttp1(server.url, INVOKE, { body: BODY });
    expect(got.status).toBe(503);
    expect(text(got)).toBe(
      '{"message":"Bedrock is unable to process your request. Cria has no AWS credentials for Amazon Bedrock."}',
    );
    expect(lines).toMatchObject([{ advice: expect.stringMatching(/AWS_BEARER_TOKEN_BEDROCK/u) as string }]);
    expect(lines[0]?.["advice"]).toMatch(reason);
    const told = notices.filter((each) => each.includes("no AWS credentials"));
    expect(told).toEqual([expect.stringMatching(/[a-z]\. Give Cria AWS credentials for Amazon Bedrock: /u)]);
    const health = async () => (await fetch(`${server.url}/health`)).json();
    expect(await health()).toMatchObject({ status: "degraded", unavailable: [MODEL] });
    expect(amazon.received).toEqual([]);
    // they come later
    stubAws(KEYS);
    expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(200);
    expect(await health()).toMatchObject({ status: "ready" });
  });

  test("a program that fails to give them has no secret of its own told", async () => {
    const file = join(await emptyFolder(), "config");
    await writeFile(file, "[profile p]\ncredential_process = sh -c 'echo its-secret >&2; exit 1'\n");
    stubAws({ AWS_CONFIG_FILE: file });
    const { server, lines, notices } = await startFront("http://127.0.0.1:1", { upstream: { profile: "p" } });
    const got = await sendHttp1(server.url, INVOKE, { body: BODY });
    expect(got.status).toBe(503);
    expect(lines[0]?.["advice"]).toMatch(/Profile p: ./u);
    expect(JSON.stringify([lines, notices]) + text(got)).not.toContain("its-secret");
  });

  test("an API key isn't sent without TLS", async () => {
    stubAws({ AWS_BEARER_TOKEN_BEDROCK: "the-api-key" });
    const { server, lines } = await startFront("http://bedrock.example");
    const got = await sendHttp1(server.url, INVOKE, { body: BODY });
    expect([got.status, text(got)]).toEqual([503, expect.stringContaining("can't be reached")]);
    expect(JSON.stringify(lines)).toContain("isn't sent to bedrock.example without TLS");
    expect(JSON.stringify(lines) + text(got)).not.toContain("the-api-key");
  });

  test("keys of Cria's own aren't sent to Amazon", async () => {
    for (const own of [
      { ...KEYS, AWS_ACCESS_KEY_ID: "cria" },
      { AWS_BEARER_TOKEN_BEDROCK: "cria-api-key-x" },
    ]) {
      stubAws(own);
      const { server, lines } = await startFront("", { upstream: { endpoint: undefined } });
      expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(503);
      expect(lines).toMatchObject([
        { exception: "ServiceUnavailableException", advice: expect.any(String) as string },
      ]);
    }
  });
});

describe("a stream that breaks", () => {
  const half = Math.floor(frames.length / 2);
  const cut = (how: "destroyed" | "ended") =>
    startAmazon((response) => {
      response.writeHead(200, EVENTS);
      response.write(frames.subarray(0, half), () => {
        if (how === "destroyed") setTimeout(() => response.socket?.destroy(), 50);
        else response.end();
      });
    });

  test.each(["destroyed", "ended"] as const)(
    "%s in mid-frame: what came before is passed on, and the connection cut",
    async (how) => {
      const amazon = await cut(how);
      const { server, lines } = await startFront(amazon.url);
      const raw = openRaw(server.url);
      raw.socket.write(
        `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
      );
      await raw.closed;
      expect(raw.received).toContain("HTTP/1.1 200");
      // no last chunk
      expect(raw.received.endsWith("0\r\n\r\n")).toBe(false);
      const bytes = raw.received
        .slice(raw.received.indexOf("\r\n\r\n") + 4)
        .replace(/(?<=^|\r\n)[0-9a-f]+\r\n/gu, "");
      expect(bytes.length).toBeGreaterThanOrEqual(half);
      expect(lines).toMatchObject([
        {
          level: 50,
          err: { message: expect.stringContaining("Amazon Bedrock us-west-2 ended the answer") as string },
        },
      ]);
    },
  );

  test.each(sdkProtocols)("an SDK over %s throws after the events before", async (_name, clientFor) => {
    const amazon = await cut("destroyed");
    const { server } = await startFront(amazon.url);
    const { body = [] } = await clientFor(server.url).send(
      new InvokeModelWithResponseStreamCommand({
        modelId: MODEL,
        contentType: "application/json",
        body: BODY,
      }),
    );
    let count = 0;
    await expect(
      (async () => {
        for await (const { chunk } of body) if (chunk) count += 1;
      })(),
    ).rejects.toThrow();
    expect(count).toBeGreaterThan(5);
  });

  test("a body shorter than its length is cut, too", async () => {
    const amazon = await startAmazon((response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"half":', () => setTimeout(() => response.socket?.destroy(), 50));
    });
    const { server } = await startFront(amazon.url);
    await expect(sendHttp1(server.url, INVOKE, { body: BODY })).rejects.toThrow();
    await expect(sendHttp2(server.url, INVOKE, { body: BODY })).rejects.toThrow();
  });
});

describe("a caller", () => {
  test("who leaves ends the answer at Amazon", async () => {
    const amazon = await startAmazon((response) => {
      response.writeHead(200, EVENTS);
      response.write(frames.subarray(0, 500));
    });
    const { server, lines } = await startFront(amazon.url);
    const raw = openRaw(server.url);
    raw.socket.write(
      `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await until(() => raw.received.includes("HTTP/1.1 200"));
    raw.socket.destroy();
    await until(() => amazon.closedEarly === 1, "the answer's early end");
    await until(() => lines.length === 1);
    expect(lines).toMatchObject([{ abortedByClient: true }]);
  });

  test("who leaves before the answer begins ends the request at Amazon", async () => {
    const amazon = await startAmazon(() => undefined);
    const { server } = await startFront(amazon.url);
    const raw = openRaw(server.url);
    raw.socket.write(
      `POST ${INVOKE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await until(() => amazon.received.length === 1);
    raw.socket.destroy();
    await until(() => amazon.closedEarly === 1, "the request's end");
  });

  test("who reads nothing makes Amazon wait", async () => {
    const piece = Buffer.alloc(64 * 1024);
    let sent = 0;
    const amazon = await startAmazon((response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
        sent += piece.length;
      };
      response.on("drain", more);
      more();
    });
    const { server } = await startFront(amazon.url);
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.pause();
    socket.write(
      `POST ${STREAM} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await until(() => sent > 0);
    let last = -1;
    // until nothing more is taken for half a second: what sockets hold
    while (last !== sent) {
      last = sent;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(sent).toBeLessThan(24 * 1024 * 1024);
    socket.destroy();
    await until(() => amazon.closedEarly === 1);
  });
});

test.each([
  ["an id", MODEL],
  ["an inference profile", `us.${MODEL}`],
  ["an ARN that names the model", `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${MODEL}`],
  [
    "an ARN that is mapped to it",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
  ],
])("%s is passed on as it was written", async (_what, id) => {
  const amazon = await startAmazon(json(200, {}));
  const { server } = await startFront(amazon.url, {
    modelMap: { "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6": MODEL },
  });
  const path = `/model/${encodeURIComponent(id)}/converse`;
  expect((await sendHttp1(server.url, path, { body: BODY })).status).toBe(200);
  expect(amazon.received.map((each) => each.path)).toEqual([path]);
});

test("faults are injected before anything is passed on", async () => {
  const amazon = await startAmazon(json(200, {}));
  const { server } = await startFront(amazon.url, { faults: [{ kind: "ThrottlingException", count: 1 }] });
  expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(429);
  expect(amazon.received).toEqual([]);
  expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(200);
});

test("strict ids and strict models are Amazon's to decide", async () => {
  const amazon = await startAmazon(json(200, {}));
  const { server } = await startFront(amazon.url, { strictIds: true, strict: true });
  expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(200);
});

test("what a browser would take for this server's own stays away", async () => {
  const amazon = await startAmazon(
    json(
      200,
      {},
      { "Set-Cookie": "a=b", "Strict-Transport-Security": "max-age=1", "Access-Control-Allow-Origin": "*" },
    ),
  );
  const { server } = await startFront(amazon.url);
  const { headers } = await sendHttp1(server.url, INVOKE, { body: BODY });
  expect(JSON.stringify(headers)).not.toMatch(/cookie|transport-security|allow-origin/iu);
});
