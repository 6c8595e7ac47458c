import { ApplyGuardrailCommand, BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { withBoto3 } from "../support/boto3.js";
import { protocols } from "./support/http.js";
import { startServer } from "./support/start.js";

/** pino's level for a warning. */
const WARN = 40;

describe.each(protocols)("an operation that Cria doesn't have, over %s", (_, send) => {
  it.each([
    ["POST", "/guardrail/x/version/1/apply"],
    ["POST", "/async-invoke"],
    ["GET", "/guardrails"],
    ["POST", "/model/x/invoke-with-bidirectional-stream"],
    ["DELETE", "/inference-profiles/us.meta.llama3-8b-instruct-v1:0"],
    ["POST", "/foundation-models"],
  ])("%s %s is results as AWS does, and the log says that it is Cria", async (method, path) => {
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
  it("fails with status 404, once, and doesn't look like one of Bedrock's exceptions", async () => {
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
    // the SDK expects JSON: it reports the same for a real endpoint that lacks the operation
    expect(failure).toBeInstanceOf(SyntaxError);
    expect(failure).toMatchObject({ message: expect.stringContaining("Unexpected token") as string });
    expect(lines).toHaveLength(1);
    expect(lines).toMatchObject([{ level: WARN, path: "/guardrail/x/version/1/apply" }]);
  });
});

it("ApplyGuardrail in boto3 fails with status 404, once", async (context) => {
  const { server, lines } = await startServer({ tokens: [] });
  const [result] = await withBoto3(
    context,
    server,
    `
runtime = boto3.client("bedrock-runtime")
tell(outcome(lambda: runtime.apply_guardrail(
  guardrailIdentifier="x", guardrailVersion="1", source="INPUT", content=[{"text": {"text": "Hi"}}])))`,
  );
  expect(result).toMatchObject({ class: "ClientError", status: 404 });
  expect(lines).toMatchObject([{ level: WARN, path: "/guardrail/x/version/1/apply" }]);
});
