import {
  BedrockClient,
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  ListFoundationModelsCommand,
  ListInferenceProfilesCommand,
  paginateListInferenceProfiles,
  ResourceNotFoundException,
  ValidationException,
} from "@aws-sdk/client-bedrock";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { type FoundationModel, llamaModels, parseModelId } from "../../../../src/bedrock/index.js";
import { FaultPlan } from "../../../../src/server/faults/fault-plan.js";
import { withBoto3 } from "../../../support/boto3.js";
import { answer } from "../../support/ask.js";
import { protocols } from "../../support/http.js";
import { MODEL, startServer } from "../../support/start.js";

/** Headers that differ between the protocols. */
const HOP: ReadonlySet<string> = new Set(["connection", ":status"]);

const OREGON = signedFor("us-west-2");

/** The `Authorization` header of a request signed for a region. */
function signedFor(region: string) {
  const scope = `AKIDEXAMPLE/20250101/${region}/bedrock/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` };
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}) {
  const { status, header, bytes } = await answer({}, { method: "GET", path, headers });
  return {
    status,
    type: header("x-amzn-ErrorType")?.split(":")[0],
    text: bytes.toString(),
    json: JSON.parse(bytes.toString()) as Record<string, unknown>,
  };
}

async function listed(query: string, headers = OREGON): Promise<readonly FoundationModel[]> {
  const { json } = await get(`/foundation-models${query}`, headers);
  return json["modelSummaries"] as FoundationModel[];
}

describe("ListFoundationModels", () => {
  it.each([
    // each output published by a user; the lifecycle of the last two is newer than theirs
    '{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/meta.llama2-13b-chat-v1","modelId":"meta.llama2-13b-chat-v1","modelName":"Llama 2 Chat 13B","providerName":"Meta","inputModalities":["TEXT"],"outputModalities":["TEXT"],"responseStreamingSupported":true,"customizationsSupported":[],"inferenceTypesSupported":["ON_DEMAND"],"modelLifecycle":{"status":"LEGACY"}}',
    '{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/meta.llama2-13b-chat-v1:0:4k","modelId":"meta.llama2-13b-chat-v1:0:4k","modelName":"Llama 2 Chat 13B","providerName":"Meta","inputModalities":["TEXT"],"outputModalities":["TEXT"],"responseStreamingSupported":true,"customizationsSupported":[],"inferenceTypesSupported":["PROVISIONED"],"modelLifecycle":{"status":"LEGACY"}}',
    '{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/meta.llama2-70b-v1:0:4k","modelId":"meta.llama2-70b-v1:0:4k","modelName":"Llama 2 70B","providerName":"Meta","inputModalities":["TEXT"],"outputModalities":["TEXT"],"responseStreamingSupported":true,"customizationsSupported":["FINE_TUNING"],"inferenceTypesSupported":[],"modelLifecycle":{"status":"LEGACY"}}',
    '{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-1-405b-instruct-v1:0","modelId":"meta.llama3-1-405b-instruct-v1:0","modelName":"Llama 3.1 405B Instruct","providerName":"Meta","inputModalities":["TEXT"],"outputModalities":["TEXT"],"responseStreamingSupported":true,"customizationsSupported":[],"inferenceTypesSupported":["ON_DEMAND"],"modelLifecycle":{"status":"LEGACY","endOfLifeTime":"2026-07-07T08:00:00Z","legacyTime":"2026-01-07T08:00:00Z","publicExtendedAccessTime":"2026-04-07T08:00:00Z"}}',
    '{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-2-11b-instruct-v1:0","modelId":"meta.llama3-2-11b-instruct-v1:0","modelName":"Llama 3.2 11B Instruct","providerName":"Meta","inputModalities":["TEXT","IMAGE"],"outputModalities":["TEXT"],"responseStreamingSupported":true,"customizationsSupported":[],"inferenceTypesSupported":["INFERENCE_PROFILE"],"modelLifecycle":{"status":"LEGACY","endOfLifeTime":"2026-07-07T08:00:00Z","legacyTime":"2026-01-07T08:00:00Z","publicExtendedAccessTime":"2026-04-07T08:00:00Z"}}',
  ])("has the entry %s", async (entry) => {
    const { text } = await get("/foundation-models", OREGON);
    expect(text).toContain(entry);
  });

  it("lists every id that can be called, once", async () => {
    const ids = (await listed("")).map(({ modelId }) => modelId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(parseModelId(id)?.modelId).toBe(id);
    for (const { id, variants } of llamaModels) {
      expect(ids).toEqual(expect.arrayContaining([id, ...variants.map((variant) => id + variant)]));
    }
  });

  it("is for the region that the request was signed for, and for us-east-1 without a signature", async () => {
    const arn = async (headers: Readonly<Record<string, string>>, query = "") =>
      ((await get(`/foundation-models${query}`, headers)).json["modelSummaries"] as FoundationModel[])[0]
        ?.modelArn;
    expect(await arn(signedFor("eu-west-3"))).toMatch(/^arn:aws:bedrock:eu-west-3::foundation-model\//u);
    expect(await arn(signedFor("us-gov-west-1"))).toMatch(/^arn:aws-us-gov:bedrock:us-gov-west-1::/u);
    expect(await arn({ authorization: "Bearer key" })).toMatch(/^arn:aws:bedrock:us-east-1::/u);
    expect(await arn({})).toMatch(/^arn:aws:bedrock:us-east-1::/u);
    const presigned = "?X-Amz-Credential=AKID%2F20250101%2Fap-south-1%2Fbedrock%2Faws4_request";
    expect(await arn({}, presigned)).toMatch(/^arn:aws:bedrock:ap-south-1::/u);
  });

  it.each([
    ["meta.llama3-1-8b-instruct-v1:0", "us-west-2"],
    ["meta.llama3-1-70b-instruct-v1:0", "us-west-2"],
    ["meta.llama3-3-70b-instruct-v1:0", "us-east-2"],
  ])("offers %s on demand in %s only", async (id, where) => {
    for (const region of ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1"]) {
      const model = (await listed("", signedFor(region))).find(({ modelId }) => modelId === id);
      expect([region, model?.inferenceTypesSupported]).toEqual([
        region,
        region === where ? ["ON_DEMAND", "INFERENCE_PROFILE"] : ["INFERENCE_PROFILE"],
      ]);
    }
  });

  it("has the inference types and modalities that a user listed in us-east-1 in June 2026", async () => {
    const models = await listed("", signedFor("us-east-1"));
    const shown = models
      .filter(({ modelId }) => /llama3.*:0$|llama4/u.test(modelId) && !modelId.includes("405b"))
      .map(({ modelId, inputModalities, inferenceTypesSupported }) =>
        [modelId, inputModalities.join("+"), inferenceTypesSupported.join("+")].join(" "),
      );
    expect(shown.sort()).toEqual([
      "meta.llama3-1-70b-instruct-v1:0 TEXT INFERENCE_PROFILE",
      "meta.llama3-1-8b-instruct-v1:0 TEXT INFERENCE_PROFILE",
      "meta.llama3-2-11b-instruct-v1:0 TEXT+IMAGE INFERENCE_PROFILE",
      "meta.llama3-2-1b-instruct-v1:0 TEXT INFERENCE_PROFILE",
      "meta.llama3-2-3b-instruct-v1:0 TEXT INFERENCE_PROFILE",
      "meta.llama3-2-90b-instruct-v1:0 TEXT+IMAGE INFERENCE_PROFILE",
      "meta.llama3-3-70b-instruct-v1:0 TEXT INFERENCE_PROFILE",
      "meta.llama3-70b-instruct-v1:0 TEXT ON_DEMAND",
      "meta.llama3-8b-instruct-v1:0 TEXT ON_DEMAND",
      "meta.llama4-maverick-17b-instruct-v1:0 TEXT+IMAGE INFERENCE_PROFILE",
      "meta.llama4-scout-17b-instruct-v1:0 TEXT+IMAGE INFERENCE_PROFILE",
    ]);
  });

  it("says which models are legacy, since when and until when, where that is known", async () => {
    const lifecycles = new Map((await listed("")).map((model) => [model.modelId, model.modelLifecycle]));
    const dated = [...lifecycles].filter(([, { endOfLifeTime }]) => endOfLifeTime !== undefined);
    expect(new Set(dated.map(([id]) => id.replace(/:0(?::128k)?$/u, "")))).toEqual(
      new Set(["1-405b", "2-1b", "2-3b", "2-11b", "2-90b"].map((part) => `meta.llama3-${part}-instruct-v1`)),
    );
    for (const [, { legacyTime = "", publicExtendedAccessTime = "", endOfLifeTime = "" }] of dated) {
      expect([legacyTime, publicExtendedAccessTime, endOfLifeTime].map((time) => time.slice(0, 10))).toEqual([
        "2026-01-07",
        "2026-04-07",
        "2026-07-07",
      ]);
    }
    const legacy = [...lifecycles].filter(([, { status }]) => status === "LEGACY").map(([id]) => id);
    expect(legacy.filter((id) => !id.includes("llama2"))).toEqual(dated.map(([id]) => id));
    expect(legacy.filter((id) => id.includes("llama2"))).toHaveLength(8);
    // a user's output of GetFoundationModel
    expect(lifecycles.get("meta.llama3-1-8b-instruct-v1:0")).toEqual({
      status: "ACTIVE",
      startOfLifeTime: "2024-07-23T08:00:00Z",
    });
  });

  it.each<[string, (model: FoundationModel) => boolean]>([
    ["?byProvider=Meta", () => true],
    ["?byProvider=meta", () => true],
    ["?byProvider=Amazon", () => false],
    ["?byCustomizationType=FINE_TUNING", (m) => m.customizationsSupported.includes("FINE_TUNING")],
    ["?byCustomizationType=CONTINUED_PRE_TRAINING", () => false],
    ["?byOutputModality=TEXT", () => true],
    ["?byOutputModality=IMAGE", () => false],
    ["?byInferenceType=ON_DEMAND", (m) => m.inferenceTypesSupported.includes("ON_DEMAND")],
    [
      "?byProvider=Meta&byInferenceType=PROVISIONED&byCustomizationType=FINE_TUNING",
      (m) =>
        m.inferenceTypesSupported.includes("PROVISIONED") &&
        m.customizationsSupported.includes("FINE_TUNING"),
    ],
  ])("filters by %s", async (query, passes) => {
    const all = await listed("");
    expect(await listed(query)).toEqual(all.filter(passes));
  });

  it.each([
    [
      "?byOutputModality=x",
      "1 validation error detected: Value 'x' at 'byOutputModality' failed to satisfy constraint: Member must satisfy enum value set: [TEXT, IMAGE, EMBEDDING]",
    ],
    [
      "?byInferenceType=on_demand&byCustomizationType=",
      "2 validation errors detected: Value '' at 'byCustomizationType' failed to satisfy constraint: Member must satisfy enum value set: [FINE_TUNING, CONTINUED_PRE_TRAINING, DISTILLATION]; Value 'on_demand' at 'byInferenceType' failed to satisfy constraint: Member must satisfy enum value set: [ON_DEMAND, PROVISIONED]",
    ],
    [
      "?byProvider=Me%2Fta",
      "1 validation error detected: Value 'Me/ta' at 'byProvider' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9- ]{1,63}",
    ],
  ])("refuses %s", async (query, message) => {
    expect(await get(`/foundation-models${query}`)).toMatchObject({
      status: 400,
      type: "ValidationException",
      text: JSON.stringify({ message }),
    });
  });
});

describe("GetFoundationModel", () => {
  it("returns the list's entry", async () => {
    for (const model of await listed("")) {
      const { text } = await get(`/foundation-models/${encodeURIComponent(model.modelId)}`, OREGON);
      expect(text).toBe(JSON.stringify({ modelDetails: model }));
    }
  });

  it("is for the region that an ARN names", async () => {
    const arn = `arn:aws:bedrock:eu-west-2::foundation-model/${MODEL}`;
    const { json } = await get(`/foundation-models/${encodeURIComponent(arn)}`, OREGON);
    expect(json).toMatchObject({ modelDetails: { modelArn: arn, modelId: MODEL } });
  });

  it("refuses an unknown id", async () => {
    expect(await get("/foundation-models/anthropic.claude-v2")).toMatchObject({
      status: 400,
      type: "ValidationException",
      json: { message: "The provided model identifier is invalid." },
    });
  });
});

describe("inference profiles", () => {
  /** Published by a user; the account is replaced. */
  const dumped =
    '{"inferenceProfileName":"US Meta Llama 3.3 70B Instruct","description":"Routes requests to Meta Llama 3.3 70B Instruct in us-east-2, us-east-1 and us-west-2.","createdAt":"2024-12-14T19:17:00Z","updatedAt":"2024-12-19T19:55:55.413630Z","inferenceProfileArn":"arn:aws:bedrock:us-east-2:123456789012:inference-profile/us.meta.llama3-3-70b-instruct-v1:0","models":[{"modelArn":"arn:aws:bedrock:us-east-2::foundation-model/meta.llama3-3-70b-instruct-v1:0"},{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-3-70b-instruct-v1:0"},{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-3-70b-instruct-v1:0"}],"inferenceProfileId":"us.meta.llama3-3-70b-instruct-v1:0","status":"ACTIVE","type":"SYSTEM_DEFINED"}';

  it("are listed and returned as in the published output", async () => {
    const list = await get("/inference-profiles", signedFor("us-east-2"));
    expect(list.text).toContain(dumped);
    const one = await get("/inference-profiles/us.meta.llama3-3-70b-instruct-v1:0", signedFor("us-east-2"));
    expect(one.text).toBe(dumped);
  });

  async function ids(query: string, region = "us-east-2") {
    const { json } = await get(`/inference-profiles${query}`, signedFor(region));
    const summaries = json["inferenceProfileSummaries"] as { inferenceProfileId: string }[];
    return {
      ids: summaries.map(({ inferenceProfileId }) => inferenceProfileId),
      nextToken: json["nextToken"],
    };
  }

  it("are those of the caller's region, and each id can be called", async () => {
    expect((await ids("")).ids).toHaveLength(10);
    expect((await ids("", "us-east-1")).ids).toHaveLength(9);
    expect((await ids("", "eu-west-1")).ids).toEqual([
      "eu.meta.llama3-2-3b-instruct-v1:0",
      "eu.meta.llama3-2-1b-instruct-v1:0",
    ]);
    expect((await ids("", "sa-east-1")).ids).toEqual([]);
    for (const id of (await ids("")).ids) expect(parseModelId(id)).toMatchObject({ profile: "us" });
  });

  it("route to fewer regions from some regions", async () => {
    const { json } = await get("/inference-profiles/us.meta.llama3-2-1b-instruct-v1:0", OREGON);
    expect(json).toMatchObject({
      description: "Routes requests to Meta Llama 3.2 1B Instruct in us-east-1 and us-west-2.",
    });
  });

  it("are returned for every id that can be called, even if Bedrock lists none", async () => {
    const { json } = await get(
      "/inference-profiles/apac.meta.llama3-8b-instruct-v1:0",
      signedFor("ap-south-1"),
    );
    expect(json).toEqual({
      inferenceProfileName: "APAC Meta Llama 3 8B Instruct",
      description: "Routes requests to Meta Llama 3 8B Instruct in ap-south-1.",
      inferenceProfileArn:
        "arn:aws:bedrock:ap-south-1:123456789012:inference-profile/apac.meta.llama3-8b-instruct-v1:0",
      models: [{ modelArn: "arn:aws:bedrock:ap-south-1::foundation-model/meta.llama3-8b-instruct-v1:0" }],
      inferenceProfileId: "apac.meta.llama3-8b-instruct-v1:0",
      status: "ACTIVE",
      type: "SYSTEM_DEFINED",
    });
  });

  it.each(["meta.llama3-8b-instruct-v1:0", "us.meta.llama9", "mars.meta.llama3-8b-instruct-v1:0"])(
    "aren't found by %s",
    async (id) => {
      expect(await get(`/inference-profiles/${id}`)).toMatchObject({
        status: 404,
        type: "ResourceNotFoundException",
      });
    },
  );

  it("are listed in pages of any size, each entry once", async () => {
    const all = (await ids("")).ids;
    for (const size of [1, 3, 9, 10, 1000]) {
      const seen: string[] = [];
      let query: string | undefined = `?maxResults=${size}`;
      while (query !== undefined) {
        const page = await ids(query);
        expect(page.ids.length).toBeLessThanOrEqual(size);
        seen.push(...page.ids);
        const { nextToken } = page;
        query = typeof nextToken === "string" ? `?maxResults=${size}&nextToken=${nextToken}` : undefined;
      }
      expect(seen, `pages of ${size}`).toEqual(all);
    }
  });

  it("are all Bedrock's own", async () => {
    expect((await ids("?type=SYSTEM_DEFINED")).ids).toEqual((await ids("")).ids);
    expect(await ids("?type=APPLICATION")).toEqual({ ids: [], nextToken: undefined });
  });

  it.each([
    [
      "?maxResults=0",
      "ValidationException",
      "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "?maxResults=1001&type=MINE",
      "ValidationException",
      "2 validation errors detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000; Value 'MINE' at 'typeEquals' failed to satisfy constraint: Member must satisfy enum value set: [SYSTEM_DEFINED, APPLICATION]",
    ],
    ["?maxResults=many", "SerializationException", "STRING_VALUE can not be converted to Integer"],
    ["?nextToken=bm90aGluZw", "ValidationException", "The provided nextToken is invalid."],
  ])("refuse %s", async (query, type, message) => {
    const refused = await get(`/inference-profiles${query}`);
    expect([refused.status, refused.type]).toEqual([400, type]);
    expect(Object.values(refused.json)).toEqual([message]);
  });
});

describe("faults of the control plane", () => {
  const PATHS = [
    "/foundation-models",
    `/foundation-models/${MODEL}`,
    "/inference-profiles",
    "/inference-profiles/us.meta.llama3-8b-instruct-v1:0",
  ];

  it.each(PATHS)("are injected into GET %s, with any `after`", async (path) => {
    const faults = new FaultPlan([
      { kind: "slow", ms: 1, after: 3 },
      { kind: "ThrottlingException", after: 7 },
      { kind: "AccessDeniedException", count: 1 },
    ]);
    const ask = () => answer({ faults }, { method: "GET", path });
    const first = await ask();
    expect([first.status, first.record["fault"]]).toEqual([403, "AccessDeniedException"]);
    const second = await ask();
    expect([second.status, second.record["fault"]]).toEqual([429, "slow, ThrottlingException"]);
  });

  it("are injected after the checks of the request", async () => {
    const faults = new FaultPlan([{ kind: "AccessDeniedException" }]);
    const ask = async (path: string) => (await answer({ faults }, { method: "GET", path })).status;
    expect(await ask("/foundation-models/x")).toBe(400);
    expect(await ask("/foundation-models?byOutputModality=x")).toBe(400);
    expect(await ask("/inference-profiles/x")).toBe(404);
  });
});

describe.each(protocols)("over %s", (_, send) => {
  it("sends the headers of Bedrock's other responses", async () => {
    const { server } = await startServer({ tokens: [] });
    const { status, headers, body } = await send(server.url, "/inference-profiles", { method: "GET" });
    const names = headers.map(([name]) => name.toLowerCase()).filter((name) => !HOP.has(name));
    expect([status, names]).toEqual([200, ["date", "content-type", "content-length", "x-amzn-requestid"]]);
    expect(JSON.parse(body.toString())).toHaveProperty("inferenceProfileSummaries");
  });
});

describe.each([
  ["its default handler", () => undefined],
  ["HTTP/1.1", () => new NodeHttpHandler()],
])("the AWS SDK for JavaScript over %s", (_, handler) => {
  async function client(region = "us-east-2") {
    const { server } = await startServer({ tokens: [] });
    const requestHandler = handler();
    const bedrock = new BedrockClient({
      endpoint: server.url,
      region,
      credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
      ...(requestHandler && { requestHandler }),
    });
    onTestFinished(() => bedrock.destroy());
    return bedrock;
  }

  it("lists models, and filters", async () => {
    const bedrock = await client("eu-central-1");
    const { modelSummaries = [] } = await bedrock.send(
      new ListFoundationModelsCommand({ byProvider: "Meta", byInferenceType: "ON_DEMAND" }),
    );
    expect(modelSummaries.map(({ modelId }) => modelId)).toContain(MODEL);
    expect(modelSummaries[0]?.modelArn).toContain(":eu-central-1::");
    const filter = { byOutputModality: "VIDEO" as "TEXT" };
    await expect(bedrock.send(new ListFoundationModelsCommand(filter))).rejects.toThrow(ValidationException);
  });

  it("gets a model, and a refusal", async () => {
    const bedrock = await client();
    const got = await bedrock.send(new GetFoundationModelCommand({ modelIdentifier: `us.${MODEL}` }));
    expect(got.modelDetails).toMatchObject({ modelId: MODEL, modelLifecycle: { status: "LEGACY" } });
    const legacy = new GetFoundationModelCommand({ modelIdentifier: "us.meta.llama3-2-1b-instruct-v1:0" });
    expect((await bedrock.send(legacy)).modelDetails?.modelLifecycle).toEqual({
      status: "LEGACY",
      endOfLifeTime: new Date("2026-07-07T08:00:00Z"),
      legacyTime: new Date("2026-01-07T08:00:00Z"),
      publicExtendedAccessTime: new Date("2026-04-07T08:00:00Z"),
    });
    const unknown = new GetFoundationModelCommand({ modelIdentifier: "meta.llama9" });
    await expect(bedrock.send(unknown)).rejects.toThrow(ValidationException);
  });

  it("lists profiles page by page", async () => {
    const bedrock = await client();
    const seen: unknown[] = [];
    let pages = 0;
    for await (const page of paginateListInferenceProfiles({ client: bedrock, pageSize: 4 }, {})) {
      pages += 1;
      seen.push(...(page.inferenceProfileSummaries ?? []));
    }
    const whole = await bedrock.send(new ListInferenceProfilesCommand({ typeEquals: "SYSTEM_DEFINED" }));
    expect(pages).toBe(3);
    expect(seen).toEqual(whole.inferenceProfileSummaries);
    expect(seen[0]).toMatchObject({ createdAt: new Date("2024-11-01T00:00:00Z") });
  });

  it("gets a profile by its ARN, and a refusal", async () => {
    const bedrock = await client();
    const arn =
      "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.meta.llama4-scout-17b-instruct-v1:0";
    const got = await bedrock.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: arn }));
    expect(got).toMatchObject({ inferenceProfileName: "US Llama 4 Scout 17B Instruct", status: "ACTIVE" });
    const unknown = new GetInferenceProfileCommand({ inferenceProfileIdentifier: "nothing" });
    await expect(bedrock.send(unknown)).rejects.toThrow(ResourceNotFoundException);
  });
});

it("boto3 lists, filters, pages and gets", async (context) => {
  const { server } = await startServer({ tokens: [] });
  const [result] = await withBoto3(
    context,
    server,
    `
bedrock = boto3.client("bedrock")
pages = list(bedrock.get_paginator("list_inference_profiles").paginate(PaginationConfig={"PageSize": 4}))
tell({
  "models": len(bedrock.list_foundation_models(byProvider="meta")["modelSummaries"]),
  "none": bedrock.list_foundation_models(byOutputModality="IMAGE")["modelSummaries"],
  "model": bedrock.get_foundation_model(modelIdentifier="${MODEL}")["modelDetails"]["modelArn"],
  "pages": [len(page["inferenceProfileSummaries"]) for page in pages],
  "legacy": bedrock.get_foundation_model(modelIdentifier="meta.llama3-2-3b-instruct-v1:0")["modelDetails"]["modelLifecycle"]["legacyTime"],
  "profile": bedrock.get_inference_profile(inferenceProfileIdentifier="us.meta.llama3-3-70b-instruct-v1:0")["updatedAt"],
  "refused": outcome(lambda: bedrock.get_foundation_model(modelIdentifier="meta.llama9")),
})`,
    { AWS_REGION: "us-east-2", AWS_DEFAULT_REGION: "us-east-2" },
  );
  expect(result).toMatchObject({
    models: (await listed("")).length,
    none: [],
    model: `arn:aws:bedrock:us-east-2::foundation-model/${MODEL}`,
    pages: [4, 4, 2],
    legacy: "2026-01-07 08:00:00+00:00",
    profile: "2024-12-19 19:55:55.413630+00:00",
    refused: {
      class: "ValidationException",
      message: "The provided model identifier is invalid.",
      status: 400,
    },
  });
});
