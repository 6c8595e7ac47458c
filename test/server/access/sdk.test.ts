import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

import {
  AccessDeniedException,
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  BedrockRuntimeServiceException,
  ConverseCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { pythonWithBoto3 } from "../../support/python.js";
import { plainEnv, start } from "../../support/run-cli.js";
import type { Credentials } from "../../../src/sigv4/index.js";
import { KEY, SESSION_KEY } from "../../sigv4/support.js";
import { startGuardedServer } from "./guarded-server.js";
import { keysOf } from "./support.js";

const MODEL = "meta.llama3-8b-instruct-v1:0";
const BODY = JSON.stringify({ prompt: "<|begin_of_text|>Hi" });
const API_KEY = "an-api-key";
const EXPIRED = {
  ...SESSION_KEY,
  accessKeyId: "CRIAEXPIREDEXPIRED22",
  expiresAt: new Date(Date.now() - 1).toISOString(),
};
const keys = keysOf(
  { ...KEY, apiKeySha256: createHash("sha256").update(API_KEY).digest("hex") },
  SESSION_KEY,
  EXPIRED,
);
const MINUTES = 60_000;

/** Refusals: the mistake, the key, the server's clock offset, and the error. */
const refusals = [
  [
    "another secret",
    { ...KEY, secretAccessKey: "other" },
    0,
    "InvalidSignatureException",
    /^The request signature we/u,
  ],
  [
    "an unknown key",
    { ...KEY, accessKeyId: "CRIANOBODYNOBODY2222" },
    0,
    "UnrecognizedClientException",
    /invalid\.$/u,
  ],
  ["an expired key", EXPIRED, 0, "ExpiredTokenException", /expired$/u],
  [
    "a server clock that is ahead",
    KEY,
    6 * MINUTES,
    "InvalidSignatureException",
    /^Signature expired: .* - 5 min\.\)$/u,
  ],
  [
    "a server clock that is behind",
    KEY,
    -6 * MINUTES,
    "InvalidSignatureException",
    /^Signature not yet current: .* \+ 5 min\.\)$/u,
  ],
] as const;

const startServer = (offset = 0) => startGuardedServer(keys, { now: () => Date.now() + offset });

describe.each([
  ["its default handler, HTTP/2", () => ({})],
  ["HTTP/1.1", () => ({ requestHandler: new NodeHttpHandler() })],
])("the AWS SDK for JavaScript over %s", (_, handler) => {
  function clientFor(endpoint: string, config: BedrockRuntimeClientConfig): BedrockRuntimeClient {
    const client = new BedrockRuntimeClient({
      endpoint,
      region: "us-west-2",
      maxAttempts: 1,
      ...handler(),
      ...config,
    });
    onTestFinished(() => client.destroy());
    return client;
  }

  const bearer = (token: string): BedrockRuntimeClientConfig => ({
    token: { token },
    authSchemePreference: ["httpBearerAuth"],
  });

  it.each([
    ["a key", { credentials: KEY }],
    ["a session's key", { credentials: SESSION_KEY }],
    ["an API key", bearer(API_KEY)],
  ])("is let in with %s, whatever the operation", async (_, config) => {
    const { url } = await startServer();
    const client = clientFor(url, config);
    const { body } = await client.send(new InvokeModelCommand({ modelId: MODEL, body: BODY }));
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ generation: "Hello" });
    const stream = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: BODY }),
    );
    let frames = 0;
    for await (const { chunk } of stream.body ?? []) frames += chunk ? 1 : 0;
    expect(frames).toBe(3);
    const messages = [{ role: "user" as const, content: [{ text: "Hi" }] }];
    // an ARN has slashes and colons, all of them escaped
    const modelId = `arn:aws:bedrock:us-west-2::foundation-model/${MODEL}`;
    const { stopReason } = await client.send(new ConverseCommand({ modelId, messages }));
    expect(stopReason).toBe("end_turn");
  });

  it.each(refusals)("is told of %s", async (_, key, offset, name, message) => {
    const { url } = await startServer(offset);
    const command = new InvokeModelCommand({ modelId: MODEL, body: BODY });
    const error: unknown = await clientFor(url, { credentials: key })
      .send(command)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(error).toMatchObject({ name, $fault: "client", $metadata: { httpStatusCode: 403 } });
    expect((error as Error).message).toMatch(message);
  });

  it("is told of a wrong API key", async () => {
    const { url } = await startServer();
    const sending = clientFor(url, bearer("other")).send(
      new InvokeModelCommand({ modelId: MODEL, body: BODY }),
    );
    await expect(sending).rejects.toThrow(AccessDeniedException);
    await expect(sending).rejects.toThrow("Authentication failed: Please make sure your API Key is valid.");
  });
});

describe("boto3", () => {
  async function call(python: string, url: string, key: Credentials): Promise<unknown> {
    const { accessKeyId, secretAccessKey, sessionToken } = key;
    const program = fileURLToPath(new URL("call-with-boto3.py", import.meta.url));
    const running = start(python, [program, MODEL, BODY], {
      env: plainEnv({
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
        AWS_DEFAULT_REGION: "us-west-2",
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
      }),
    });
    expect(await running.ended, running.stderr).toBe(0);
    return JSON.parse(running.stdout) as unknown;
  }

  it.for([
    ["a key", KEY],
    ["a session's key", SESSION_KEY],
  ] as const)("accepts %s", async ([, key], context) => {
    const python = pythonWithBoto3(context);
    const { url } = await startServer();
    expect(await call(python, url, key)).toEqual({ generation: "Hello" });
  });

  it.for(refusals)("is told of %s", async ([, key, offset, name, message], context) => {
    const python = pythonWithBoto3(context);
    const { url } = await startServer(offset);
    const answer = await call(python, url, key);
    expect(answer).toEqual({ code: name, message: expect.stringMatching(message) as string, status: 403 });
  });
});
