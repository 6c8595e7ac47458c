import * as controlPlaneModel from "@aws-sdk/client-bedrock";
import * as runtimeModel from "@aws-sdk/client-bedrock-runtime";
import {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { missingOperations } from "../../src/bedrock/index.js";
import { operationNames } from "../../src/server/index.js";
import { findMissingOperation, findOperation } from "../../src/server/router.js";
import { withBoto3 } from "../support/boto3.js";
import { protocols } from "./support/http.js";
import { startServer } from "./support/start.js";

/** pino's level for a warning. */
const WARN = 40;

function lacks(name: string): string {
  return `Cria doesn't have Bedrock's operation ${name}. Leave the call out, or make it with a client whose endpoint is Amazon's.`;
}

/** An SDK's API model, as its package exports it: an operation is `[9, namespace, name, { http: [method, path, status] }, …]`. */
type Schema = readonly [9, string, string, { readonly http: readonly [string, string, number] }];

const sdkOperations = [runtimeModel, controlPlaneModel].flatMap((model) =>
  Object.values(model)
    .filter((value): value is Schema => Array.isArray(value) && value[0] === 9)
    .map(([, , name, { http }]) => ({ name, method: http[0], path: http[1] })),
);

it("every operation of the installed SDKs is served, or missing by its own name", () => {
  expect(sdkOperations.length).toBeGreaterThan(100);
  for (const { name, method, path } of sdkOperations) {
    const filled = path.replaceAll(/\{\w+\}/gu, encodeURIComponent("arn:aws:bedrock:us-east-1:1:x/y"));
    const found = findOperation(method, filled)?.operation.name ?? findMissingOperation(method, filled);
    expect([method, path, found]).toEqual([method, path, name]);
  }
});

it("no operation is both served and missing", () => {
  for (const name of operationNames) expect(missingOperations).not.toHaveProperty(name);
});

describe.each(protocols)("an operation of Bedrock's that Cria lacks, over %s", (_, send) => {
  it.each([
    ["ApplyGuardrail", "POST", "/guardrail/x/version/1/apply"],
    [
      "ApplyGuardrail",
      "POST",
      `/guardrail/${encodeURIComponent("arn:aws:bedrock:x:1:guardrail/y")}/version/1/apply`,
    ],
    ["StartAsyncInvoke", "POST", "/async-invoke"],
    ["ListAsyncInvokes", "GET", "/async-invoke?maxResults=1"],
    ["ListGuardrails", "GET", "/guardrails"],
    ["InvokeModelWithBidirectionalStream", "POST", "/model/x/invoke-with-bidirectional-stream"],
    ["DeleteInferenceProfile", "DELETE", "/inference-profiles/us.meta.llama3-8b-instruct-v1:0"],
    ["UpdateProvisionedModelThroughput", "PATCH", "/provisioned-model-throughput/x"],
    ["PutModelInvocationLoggingConfiguration", "PUT", "/logging/modelinvocations"],
  ])("%s, as %s %s, is refused by its name, and so it is logged", async (name, method, path) => {
    const { server, lines } = await startServer({ tokens: [] });
    const response = await send(server.url, path, { method, body: method.startsWith("P") ? "{}" : "" });
    expect([response.status, response.body.toString()]).toEqual([
      404,
      JSON.stringify({ message: lacks(name) }),
    ]);
    expect(response.header("content-type")).toBe("application/json");
    expect(response.header("x-amzn-errortype")).toMatch(/^UnknownOperationException:http:/u);
    expect(lines).toMatchObject([
      {
        level: WARN,
        msg: `Cria has no ${name}`,
        operation: name,
        method,
        path,
        status: 404,
        exception: "UnknownOperationException",
        requestId: response.header("x-amzn-requestid"),
      },
    ]);
  });
});

describe.each(protocols)("a route that Bedrock doesn't have either, over %s", (_, send) => {
  it.each([
    ["POST", "/foundation-models"],
    ["POST", "/model/x/invoke-quickly"],
    ["GET", "/guardrail/x/version/1/apply"],
    ["GET", "/toString"],
  ])("%s %s is refused as AWS does, and the log says that it is Cria", async (method, path) => {
    const { server, lines } = await startServer({ tokens: [] });
    const response = await send(server.url, path, { method, body: method === "POST" ? "{}" : "" });
    expect([response.status, response.body.toString()]).toEqual([404, "<UnknownOperationException/>"]);
    expect(response.header("x-amzn-errortype")).toBeUndefined();
    expect(lines).toMatchObject([
      {
        level: WARN,
        msg: "Cria has no such operation",
        method,
        path,
        status: 404,
        requestId: response.header("x-amzn-requestid"),
      },
    ]);
  });

  it("logs the beginning of a long path", async () => {
    const { server, lines } = await startServer({ tokens: [] });
    await send(server.url, `/${"x".repeat(5_000)}`, { body: "{}" });
    expect(lines).toMatchObject([{ path: `/${"x".repeat(199)}` }]);
  });
});

describe.each([
  ["its default handler, HTTP/2", () => undefined],
  ["HTTP/1.1", () => new NodeHttpHandler()],
])("ApplyGuardrail in the AWS SDK for JavaScript over %s", (_, handler) => {
  it("fails with the name and the advice, once", async () => {
    const { server, lines } = await startServer({ tokens: [] });
    const requestHandler = handler();
    const client = new BedrockRuntimeClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
      ...(requestHandler && { requestHandler }),
    });
    onTestFinished(() => client.destroy());
    const command = new ApplyGuardrailCommand({
      guardrailIdentifier: "x",
      guardrailVersion: "1",
      source: "INPUT",
      content: [{ text: { text: "Hi" } }],
    });
    const failure: unknown = await client.send(command).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(failure).toMatchObject({
      name: "UnknownOperationException",
      message: lacks("ApplyGuardrail"),
      $metadata: { httpStatusCode: 404, attempts: 1 },
    });
    expect(lines).toHaveLength(1);
    expect(lines).toMatchObject([{ level: WARN, path: "/guardrail/x/version/1/apply" }]);
  });
});

it("ApplyGuardrail in boto3 fails with the name and the advice, once", async (context) => {
  const { server, lines } = await startServer({ tokens: [] });
  const [result] = await withBoto3(
    context,
    server,
    `
runtime = boto3.client("bedrock-runtime")
tell(outcome(lambda: runtime.apply_guardrail(
  guardrailIdentifier="x", guardrailVersion="1", source="INPUT", content=[{"text": {"text": "Hi"}}])))`,
  );
  expect(result).toMatchObject({
    class: "ClientError",
    code: "UnknownOperationException",
    message: lacks("ApplyGuardrail"),
    status: 404,
    retries: 0,
  });
  expect(lines).toMatchObject([{ level: WARN, path: "/guardrail/x/version/1/apply" }]);
});
