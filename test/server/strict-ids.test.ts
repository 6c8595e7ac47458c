import { describe, expect, it } from "vitest";

import { foundationModel, llamaModels } from "../../src/bedrock/index.js";
import { FaultPlan } from "../../src/server/index.js";
import { withBoto3 } from "../support/boto3.js";
import { protocols, sendHttp1 } from "./support/http.js";
import { startServer } from "./support/start.js";

const NATIVE = '{"prompt":"Hi"}';
const CONVERSE = '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}';
const COUNT = `{"input":{"invokeModel":{"body":"${Buffer.from(NATIVE).toString("base64")}"}}}`;

const CALLS = [
  ["invoke", NATIVE],
  ["invoke-with-response-stream", NATIVE],
  ["converse", CONVERSE],
  ["converse-stream", CONVERSE],
] as const;

const LLAMA_3 = "meta.llama3-8b-instruct-v1:0";
const LLAMA_3_1 = "meta.llama3-1-70b-instruct-v1:0";
const LLAMA_3_3 = "meta.llama3-3-70b-instruct-v1:0";
const SCOUT = "meta.llama4-scout-17b-instruct-v1:0";

function refusal(id: string): string {
  return `{"message":"Invocation of model ID ${id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model."}`;
}

function signedFor(region: string) {
  const scope = `AKIDEXAMPLE/20250101/${region}/bedrock/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
}

/** Two recorded responses (Apache-2.0, neilberkman/req_llm, October 2025, us-east-1). */
const RECORDED = [
  [
    LLAMA_3_1,
    "invoke",
    "eyJtZXNzYWdlIjoiSW52b2NhdGlvbiBvZiBtb2RlbCBJRCBtZXRhLmxsYW1hMy0xLTcwYi1pbnN0cnVjdC12MTowIHdpdGggb24tZGVtYW5kIHRocm91Z2hwdXQgaXNu4oCZdCBzdXBwb3J0ZWQuIFJldHJ5IHlvdXIgcmVxdWVzdCB3aXRoIHRoZSBJRCBvciBBUk4gb2YgYW4gaW5mZXJlbmNlIHByb2ZpbGUgdGhhdCBjb250YWlucyB0aGlzIG1vZGVsLiJ9",
  ],
  [
    SCOUT,
    "converse",
    "eyJtZXNzYWdlIjoiSW52b2NhdGlvbiBvZiBtb2RlbCBJRCBtZXRhLmxsYW1hNC1zY291dC0xN2ItaW5zdHJ1Y3QtdjE6MCB3aXRoIG9uLWRlbWFuZCB0aHJvdWdocHV0IGlzbuKAmXQgc3VwcG9ydGVkLiBSZXRyeSB5b3VyIHJlcXVlc3Qgd2l0aCB0aGUgSUQgb3IgQVJOIG9mIGFuIGluZmVyZW5jZSBwcm9maWxlIHRoYXQgY29udGFpbnMgdGhpcyBtb2RlbC4ifQ==",
  ],
] as const;

async function start(strictIds = true) {
  return startServer({ tokens: ["Hello"] }, { as: undefined, strictIds });
}

describe.each(protocols)("--strict-ids, over %s", (_, send) => {
  it.each(RECORDED)("refuses %s on %s as recorded, to the byte", async (id, call, base64) => {
    const { server, engine } = await start();
    const response = await send(server.url, `/model/${id}/${call}`, { body: "not JSON" });
    expect([
      response.status,
      response.header("x-amzn-errortype"),
      response.header("content-type"),
      response.body.toString("base64"),
    ]).toEqual([
      400,
      "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
      "application/json",
      base64,
    ]);
    expect(engine.requests).toEqual([]);
  });

  it.each(CALLS)(
    "takes an inference profile in every form, and a model on demand: %s",
    async (call, body) => {
      const { server } = await start();
      const ids = [
        `us.${LLAMA_3_3}`,
        `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${SCOUT}`,
        LLAMA_3,
        `arn:aws:bedrock:us-east-1::foundation-model/${LLAMA_3}`,
        "meta.llama2-13b-chat-v1",
      ];
      for (const id of ids) {
        const response = await send(server.url, `/model/${encodeURIComponent(id)}/${call}`, { body });
        expect([id, response.status]).toEqual([id, 200]);
      }
    },
  );
});

describe("--strict-ids", () => {
  it.each(CALLS)(
    "refuses exactly those ids without ON_DEMAND in ListFoundationModels: %s",
    async (call, body) => {
      const { server } = await start();
      for (const region of ["us-east-1", "us-east-2", "us-west-2", "eu-west-1"]) {
        const headers = signedFor(region);
        for (const model of llamaModels) {
          if (call.startsWith("converse") && model.kind === "base") continue;
          for (const id of [model.id, ...model.variants.map((variant) => model.id + variant)]) {
            const { inferenceTypesSupported } = foundationModel(model, id, region);
            const arn = encodeURIComponent(`arn:aws:bedrock:${region}::foundation-model/${id}`);
            const answers = await Promise.all([
              sendHttp1(server.url, `/model/${id}/${call}`, { headers, body }),
              sendHttp1(server.url, `/model/${arn}/${call}`, { body }),
            ]);
            for (const answer of answers) {
              const expected = inferenceTypesSupported.includes("ON_DEMAND") ? undefined : refusal(id);
              const got = answer.status === 200 ? undefined : answer.body.toString();
              expect([region, id, got]).toEqual([region, id, expected]);
            }
          }
        }
      }
    },
  );

  it.each([
    ["us-east-1", LLAMA_3_1, 400],
    ["us-west-2", LLAMA_3_1, 200],
    ["us-west-2", LLAMA_3_3, 400],
    ["us-east-2", LLAMA_3_3, 200],
    ["us-east-2", "meta.llama3-2-1b-instruct-v1:0", 400],
    ["us-west-2", `${LLAMA_3_1}:128k`, 400],
  ])("in %s, %s gives %i", async (region, id, expected) => {
    const { server } = await start();
    const { status } = await sendHttp1(server.url, `/model/${id}/invoke`, {
      headers: signedFor(region),
      body: NATIVE,
    });
    expect(status).toBe(expected);
  });

  it("the region of an ARN counts, not that of the signature", async () => {
    const { server } = await start();
    const arn = encodeURIComponent(`arn:aws:bedrock:us-west-2::foundation-model/${LLAMA_3_1}`);
    const { status } = await sendHttp1(server.url, `/model/${arn}/invoke`, {
      headers: signedFor("us-east-1"),
      body: NATIVE,
    });
    expect(status).toBe(200);
  });

  it("doesn't concern CountTokens and GetFoundationModel, which name models", async () => {
    const { server } = await start();
    const count = await sendHttp1(server.url, `/model/${SCOUT}/count-tokens`, { body: COUNT });
    const get = await sendHttp1(server.url, `/foundation-models/${SCOUT}`, { method: "GET" });
    expect([count.status, get.status]).toEqual([200, 200]);
  });

  it("comes after an unknown id, and before injected faults and the body", async () => {
    const faults = new FaultPlan([{ kind: "AccessDeniedException", count: 1 }]);
    const { server } = await startServer({ tokens: [] }, { as: undefined, strictIds: true, faults });
    const ask = async (id: string) =>
      (await sendHttp1(server.url, `/model/${id}/converse`, { body: "{" })).body.toString();
    expect(await ask("meta.llama9")).toContain("model identifier is invalid");
    expect(await ask(SCOUT)).toBe(refusal(SCOUT));
    expect(await ask(`us.${SCOUT}`)).toContain("have access to the model");
  });

  it("is off unless asked for", async () => {
    const { server } = await start(false);
    const { status } = await sendHttp1(server.url, `/model/${SCOUT}/invoke`, { body: NATIVE });
    expect(status).toBe(200);
  });

  it("boto3 reports it as Bedrock's", async (context) => {
    const { server } = await start();
    const [result] = await withBoto3(
      context,
      server,
      `
runtime = boto3.client("bedrock-runtime")
tell(outcome(lambda: runtime.converse(modelId="${SCOUT}", messages=[{"role": "user", "content": [{"text": "Hi"}]}])))`,
      { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1" },
    );
    const { message } = JSON.parse(refusal(SCOUT)) as { message: string };
    expect(result).toMatchObject({ class: "ValidationException", message, status: 400, retries: 0 });
  });
});
