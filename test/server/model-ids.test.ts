import { describe, expect, it } from "vitest";

import { llamaModels } from "../../src/bedrock/index.js";
import { protocols } from "./support/http.js";
import { startServer } from "./support/start.js";

/** Every Llama model that Bedrock has or had, and ids with a context length (user guide; dumps of ListFoundationModels). */
const IDS = [
  ...["13b", "70b"].flatMap((size) =>
    ["", "-chat"].flatMap((chat) => ["", ":0:4k"].map((end) => `meta.llama2-${size}${chat}-v1${end}`)),
  ),
  ...["8b", "70b"].map((size) => `meta.llama3-${size}-instruct-v1:0`),
  ...["1-8b", "1-70b", "1-405b", "2-1b", "2-3b", "2-11b", "2-90b", "3-70b"].flatMap((part) =>
    ["", ":128k"].map((end) => `meta.llama3-${part}-instruct-v1:0${end}`),
  ),
  ...["scout", "maverick"].map((name) => `meta.llama4-${name}-17b-instruct-v1:0`),
];

const PROFILES = ["us", "eu", "apac"];
const NATIVE = '{"prompt":"Hi"}';
const CONVERSE = '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}';
const COUNT = `{"input":{"invokeModel":{"body":"${Buffer.from(NATIVE).toString("base64")}"}}}`;

type Walk = readonly [
  operation: string,
  path: (id: string) => string,
  body: string | undefined,
  forms: readonly ((id: string) => readonly string[])[],
];

const WALKS: readonly Walk[] = [
  ["InvokeModel", (id) => `/model/${id}/invoke`, NATIVE, [models, profiles]],
  [
    "InvokeModelWithResponseStream",
    (id) => `/model/${id}/invoke-with-response-stream`,
    NATIVE,
    [models, profiles],
  ],
  ["Converse", (id) => `/model/${id}/converse`, CONVERSE, [models, profiles]],
  ["ConverseStream", (id) => `/model/${id}/converse-stream`, CONVERSE, [models, profiles]],
  ["CountTokens", (id) => `/model/${id}/count-tokens`, COUNT, [models, profiles]],
  ["GetFoundationModel", (id) => `/foundation-models/${id}`, undefined, [models, profiles]],
  ["GetInferenceProfile", (id) => `/inference-profiles/${id}`, undefined, [profiles]],
];

/** The error for a base model in a conversation: its id itself is accepted. */
const NO_CONVERSATION =
  '{"message":"This action doesn\'t support the model that you provided. Try again with a supported text or chat model."}';

function isRefused(operation: string, text: string): boolean {
  return operation.startsWith("Converse") && /llama2-\d+b-v1/u.test(text);
}

function models(id: string): readonly string[] {
  return [id, `arn:aws:bedrock:us-west-2::foundation-model/${id}`];
}

function profiles(id: string): readonly string[] {
  return PROFILES.flatMap((profile) => [
    `${profile}.${id}`,
    `arn:aws:bedrock:us-west-2:111122223333:inference-profile/${profile}.${id}`,
  ]);
}

/** The id as curl sends it, and as SDKs send it. */
function encodings(text: string): readonly string[] {
  return [text, encodeURIComponent(text)];
}

it("the list of models is complete", () => {
  const known = llamaModels.flatMap(({ id, variants }) => [id, ...variants.map((end) => id + end)]);
  expect([...IDS].sort()).toEqual([...known].sort());
});

describe.each(protocols)("over %s", (_, send) => {
  it.each(WALKS)(
    "%s accepts every model id in every form",
    async (operation, path, body, forms) => {
      const { server, lines } = await startServer({ tokens: ["Hello"] });
      const texts = IDS.flatMap((id) => forms.flatMap((form) => form(id)));
      for (const text of texts) {
        const answers = encodings(text).map((encoded) =>
          send(server.url, path(encoded), { method: body === undefined ? "GET" : "POST", body: body ?? "" }),
        );
        for (const { status, body: answer } of await Promise.all(answers)) {
          const refusal = status === 200 ? undefined : answer.toString();
          expect([text, refusal]).toEqual([text, isRefused(operation, text) ? NO_CONVERSATION : undefined]);
        }
      }
      const seen = new Set(
        lines.filter((line) => line["operation"] === operation).map((line) => line["modelId"]),
      );
      expect([...seen].sort()).toEqual([...texts].sort());
    },
    60_000,
  );
});
