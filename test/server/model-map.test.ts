import { BedrockClient, GetInferenceProfileCommand } from "@aws-sdk/client-bedrock";
import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, onTestFinished } from "vitest";

import { opaqueResources } from "../../src/bedrock/index.js";
import {
  FaultPlan,
  InvalidModelMapError,
  serve,
  type ServeOptions,
  UnknownModelIdError,
} from "../../src/server/index.js";
import { withBoto3 } from "../support/boto3.js";
import { protocols, sendHttp1 } from "./support/http.js";
import { startServer } from "./support/start.js";

const NATIVE = '{"prompt":"Hi"}';
const CONVERSE = '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}';
const COUNT = `{"input":{"invokeModel":{"body":"${Buffer.from(NATIVE).toString("base64")}"}}}`;
const INVALID = '{"message":"The provided model identifier is invalid."}';

const LLAMA_3_3 = "meta.llama3-3-70b-instruct-v1:0";
const LLAMA_2 = "meta.llama2-13b-chat-v1";
const PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6";
const ARNS = opaqueResources.map((resource) => {
  const base = resource === "custom-model" ? "meta.llama3-3-70b-instruct-v1:0:128k/" : "";
  return `arn:aws:bedrock:us-east-1:123456789012:${resource}/${base}a1b2c3d4e5f6`;
});

const CALLS = [
  ["InvokeModel", "invoke", NATIVE],
  ["InvokeModelWithResponseStream", "invoke-with-response-stream", NATIVE],
  ["Converse", "converse", CONVERSE],
  ["ConverseStream", "converse-stream", CONVERSE],
  ["CountTokens", "count-tokens", COUNT],
] as const;

/** Everything encoded, as SDKs send it; the slashes raw; all raw, as curl sends it. */
function encodings(arn: string): readonly string[] {
  return [encodeURIComponent(arn), encodeURIComponent(arn).replaceAll("%2F", "/"), arn];
}

async function start(options: ServeOptions = {}) {
  const modelMap = Object.fromEntries(ARNS.map((arn) => [arn, LLAMA_3_3]));
  return startServer({ tokens: ["Hello"] }, { as: LLAMA_3_3, modelMap, ...options });
}

describe.each(protocols)("a mapped ARN, over %s", (_, send) => {
  it.each(CALLS)("answers to %s, however it is encoded", async (operation, call, body) => {
    const { server, lines } = await start({ strict: true, strictIds: true });
    for (const arn of ARNS) {
      for (const encoded of encodings(arn)) {
        lines.length = 0;
        const response = await send(server.url, `/model/${encoded}/${call}`, { body });
        expect([encoded, response.status]).toEqual([encoded, 200]);
        expect(response.header("x-cria-model")).toBeUndefined();
        expect(lines).toMatchObject([
          { operation, modelId: arn, mappedTo: LLAMA_3_3, answeredBy: LLAMA_3_3, standIn: false },
        ]);
      }
    }
  });
});

describe("a mapped ARN", () => {
  it("has its model's prompt format", async () => {
    const { server, engine } = await start({ modelMap: { [PROFILE]: `us.${LLAMA_3_3}` } });
    await sendHttp1(server.url, `/model/${encodeURIComponent(PROFILE)}/converse`, { body: CONVERSE });
    expect(engine.requests[0]?.prompt).toContain("<|start_header_id|>");
  });

  it("is answered by a stand-in that the response names, or refused with --strict, by its model's name", async () => {
    const path = `/model/${encodeURIComponent(PROFILE)}/invoke`;
    const other = { as: LLAMA_2, model: { name: "tiny" } };
    const { server } = await start(other);
    expect((await sendHttp1(server.url, path, { body: NATIVE })).header("x-cria-model")).toBeDefined();
    const { server: strict } = await start({ ...other, strict: true });
    const refused = await sendHttp1(strict.url, path, { body: NATIVE });
    expect([refused.status, refused.body.toString()]).toEqual([
      404,
      expect.stringContaining(`--as ${LLAMA_3_3}`),
    ]);
  });

  it("is where faults are injected, and what they name", async () => {
    const faults = new FaultPlan([{ kind: "ModelErrorException", operation: "InvokeModel" }]);
    const { server } = await start({ faults });
    const { status, body } = await sendHttp1(server.url, `/model/${encodeURIComponent(PROFILE)}/invoke`, {
      body: NATIVE,
    });
    expect([status, JSON.parse(body.toString())]).toEqual([
      424,
      expect.objectContaining({ resourceName: PROFILE }),
    ]);
  });

  it("gives GetFoundationModel its model", async () => {
    const { server } = await start();
    const { status, body } = await sendHttp1(
      server.url,
      `/foundation-models/${encodeURIComponent(PROFILE)}`,
      {
        method: "GET",
      },
    );
    expect([status, JSON.parse(body.toString())]).toMatchObject([
      200,
      { modelDetails: { modelId: LLAMA_3_3 } },
    ]);
  });
});

describe("an ARN that isn't mapped", () => {
  it.each(ARNS)("%s is refused as Bedrock refuses it, and the log says what maps it", async (arn) => {
    const { server, lines } = await start({ modelMap: {} });
    for (const [, call, body] of CALLS) {
      lines.length = 0;
      const response = await sendHttp1(server.url, `/model/${encodeURIComponent(arn)}/${call}`, { body });
      expect([response.status, response.body.toString()]).toEqual([400, INVALID]);
      expect(lines).toMatchObject([
        { modelId: arn, advice: expect.stringContaining("--model-map ARN=ID") as string },
      ]);
    }
  });

  it("an id that is none gets no such advice", async () => {
    const { server, lines } = await start();
    await sendHttp1(server.url, "/model/meta.llama9/invoke", { body: NATIVE });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toHaveProperty("advice");
  });

  it("differs from a mapped one by its region or account already", async () => {
    const { server } = await start();
    for (const arn of [
      PROFILE.replace("us-east-1", "us-east-2"),
      PROFILE.replace("123456789012", "111122223333"),
    ]) {
      const { status } = await sendHttp1(server.url, `/model/${encodeURIComponent(arn)}/invoke`, {
        body: NATIVE,
      });
      expect(status).toBe(400);
    }
  });
});

describe("the map", () => {
  it.each([
    ["not-an-arn", LLAMA_3_3],
    ["arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ", LLAMA_3_3],
    ["arn:aws:bedrock:us-east-1:1234:imported-model/a1b2c3d4e5f6", LLAMA_3_3],
    [`us.${LLAMA_3_3}`, LLAMA_2],
    [`arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${LLAMA_3_3}`, LLAMA_2],
    [`arn:aws:bedrock:us-east-1::foundation-model/${LLAMA_3_3}`, LLAMA_2],
  ])("refuses the ARN %s", async (arn, id) => {
    const failure = await serve({ modelMap: { [arn]: id } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidModelMapError);
    expect(failure).toMatchObject({ arn, message: expect.stringMatching(/ARN|Leave it out/u) as string });
  });

  it.each(["meta.llama9", "", PROFILE])("refuses the id %j", async (id) => {
    const failure = await serve({ modelMap: { [PROFILE]: id } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnknownModelIdError);
  });
});

describe("mapped application inference profiles in the control plane", () => {
  const described = {
    inferenceProfileName: "a1b2c3d4e5f6",
    inferenceProfileArn: PROFILE,
    models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${LLAMA_3_3}` }],
    inferenceProfileId: "a1b2c3d4e5f6",
    status: "ACTIVE",
    type: "APPLICATION",
  };

  async function get(url: string, path: string): Promise<unknown> {
    return JSON.parse((await sendHttp1(url, path, { method: "GET" })).body.toString());
  }

  it("are found by ARN and by id", async () => {
    const { server } = await start();
    for (const name of [...encodings(PROFILE), "a1b2c3d4e5f6"]) {
      expect(await get(server.url, `/inference-profiles/${name}`)).toEqual(described);
    }
  });

  it("are listed after Bedrock's own, in their region", async () => {
    const { server } = await start();
    const ids = async (query: string) =>
      (
        (await get(server.url, `/inference-profiles${query}`)) as {
          inferenceProfileSummaries: { inferenceProfileArn: string }[];
        }
      ).inferenceProfileSummaries.map(({ inferenceProfileArn }) => inferenceProfileArn);
    expect(await ids("?type=APPLICATION")).toEqual([PROFILE]);
    expect(await ids("?type=SYSTEM_DEFINED")).not.toContain(PROFILE);
    expect((await ids("")).at(-1)).toBe(PROFILE);
    const elsewhere =
      "?type=APPLICATION&X-Amz-Credential=AKID%2F20250101%2Fap-south-1%2Fbedrock%2Faws4_request";
    expect(await ids(elsewhere)).toEqual([]);
  });

  it("with one id in two accounts are listed in pages, each once", async () => {
    const other = PROFILE.replace("123456789012", "111122223333");
    const { server } = await start({ modelMap: { [PROFILE]: LLAMA_3_3, [other]: LLAMA_2 } });
    const seen: string[] = [];
    let token: string | undefined = "";
    while (token !== undefined) {
      const page = (await get(
        server.url,
        `/inference-profiles?type=APPLICATION&maxResults=1${token && `&nextToken=${token}`}`,
      )) as { inferenceProfileSummaries: { inferenceProfileArn: string }[]; nextToken?: string };
      seen.push(...page.inferenceProfileSummaries.map(({ inferenceProfileArn }) => inferenceProfileArn));
      token = page.nextToken;
    }
    expect(seen).toEqual([PROFILE, other]);
  });
});

it("the AWS SDK for JavaScript uses a mapped ARN as any other", async () => {
  const { server } = await start();
  const config = {
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
  };
  const runtime = new BedrockRuntimeClient(config);
  const bedrock = new BedrockClient(config);
  onTestFinished(() => {
    runtime.destroy();
    bedrock.destroy();
  });
  for (const modelId of ARNS) {
    const { body } = await runtime.send(new InvokeModelCommand({ modelId, body: NATIVE }));
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ generation: "Hello" });
    const messages = [{ role: "user" as const, content: [{ text: "Hi" }] }];
    const { stopReason } = await runtime.send(new ConverseCommand({ modelId, messages }));
    expect(stopReason).toBe("end_turn");
  }
  const profile = await bedrock.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: PROFILE }));
  expect(profile).toMatchObject({ type: "APPLICATION", inferenceProfileArn: PROFILE });
});

it("boto3 uses a mapped ARN as any other", async (context) => {
  const { server } = await start();
  const [stops] = await withBoto3(
    context,
    server,
    `
runtime = boto3.client("bedrock-runtime")
def ask(arn):
    return runtime.converse(modelId=arn, messages=[{"role": "user", "content": [{"text": "Hi"}]}])["stopReason"]
tell([ask(arn) for arn in ${JSON.stringify(ARNS)}])`,
  );
  expect(stops).toEqual(ARNS.map(() => "end_turn"));
});
