import { readdir } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import { findWeights, ModelMismatchError, pullWeights, weightsOf } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";
import { ignoreProxies, quick, sends } from "../support/hub-server.js";
import { failureOf, FILE, ID, preparePull, REVISION, weightsFile } from "../support/pull.js";
import { answers, COMMIT, startWeightsHub } from "../support/weights-hub.js";

/** A model whose checksum the catalogue knows. */
const KNOWN_ID = "meta.llama2-13b-chat-v1";
const KNOWN_FILE = "llama-2-13b-chat.Q4_K_M.gguf";

const gguf = weightsFile();

ignoreProxies();

describe("the hub", () => {
  test("redirects from a renamed repository, which is followed", async () => {
    const { pull, requests } = await preparePull({
      hub: [
        (request, response) => {
          response.writeHead(307, { location: (request.url ?? "").replace("bartowski", "renamed") }).end();
          return true;
        },
      ],
    });
    await pull();
    expect(requests.map(({ url }) => url?.split("/")[1])).toEqual(["bartowski", "renamed", "bartowski"]);
  });

  test("or a mirror of it may omit the headers: then its list of files is read", async () => {
    const { pull, requests } = await preparePull({
      without: ["x-linked-etag", "x-linked-size", "x-repo-commit"],
    });
    expect(await pull()).toMatchObject({ bytes: gguf.length });
    expect(requests[1]?.url).toBe(
      `/api/models/bartowski/Llama-3.2-1B-Instruct-GGUF/revision/${REVISION}?blobs=true`,
    );
  });

  test("gives no checksum at all: nothing is fetched", async () => {
    const { pull, storageRequests } = await preparePull({ without: ["x-linked-etag"], listing: false });
    expect(await failureOf(pull())).toContain("can't be checked");
    expect(storageRequests).toEqual([]);
  });

  const page = "/bartowski/Llama-3.2-1B-Instruct-GGUF";

  test.for([401, 403])(
    "refuses with %i until the licence is accepted: the message says where to accept it",
    async (status) => {
      const { pull, url } = await preparePull({ hub: [answers(status, { "x-error-code": "GatedRepo" })] });
      const message = await failureOf(pull());
      expect(message).toContain(
        `HTTP status ${status}: the model's licence must be accepted first. Sign in at ${url}${page}`,
      );
      expect(message).toContain("HF_TOKEN");
      expect(message).toContain(`cria models pull ${ID}`);
    },
  );

  test("refuses without a token: the message says which variable to set", async () => {
    const { pull } = await preparePull({ hub: [answers(401)] });
    expect(await failureOf(pull())).toMatch(/HTTP status 401: set HF_TOKEN/u);
  });

  test("does not have the file: its status is reported", async () => {
    const { pull } = await preparePull({}, {});
    expect(await failureOf(pull())).toContain("HTTP status 404");
  });

  test("is asked again if it is overloaded", async () => {
    const { pull, requests } = await preparePull({
      hub: [answers(429, { "retry-after": "1" }), answers(503)],
    });
    await pull();
    expect(requests).toHaveLength(4);
  });

  test("is not waited for if its Retry-After is too long", async () => {
    const { pull, requests } = await preparePull({ hub: [answers(429, { "retry-after": "3600" })] });
    expect(await failureOf(pull())).toContain("HTTP status 429 and asks to retry after 3600 s");
    expect(requests).toHaveLength(1);
  });

  test("is not asked for ever if it stays overloaded", async () => {
    const { pull, requests } = await preparePull({ hub: Array.from({ length: 9 }, () => answers(503)) });
    expect(await failureOf(pull())).toContain("HTTP status 503");
    expect(requests).toHaveLength(1 + quick.retries);
  });

  test("sends wrong bytes, which are deleted", async () => {
    const { pull, folder } = await preparePull({ storage: [sends(Buffer.alloc(gguf.length))] });
    expect(await failureOf(pull())).toMatch(/SHA-256 is [0-9a-f]{64}, not/u);
    expect(await readdir(folder)).toEqual([`${FILE}.source.json`]);
  });

  test("sends another size than it announced, which is reported", async () => {
    const { pull } = await preparePull({ storage: [sends(gguf.subarray(1))] });
    expect(await failureOf(pull())).toMatch(/has a file of .*, not /u);
  });

  test("has a different file than the catalogue: nothing is fetched", async () => {
    const { env, storageRequests } = await startWeightsHub({ [KNOWN_FILE]: gguf });
    const pulling = pullWeights(KNOWN_ID, { home: await emptyFolder(), env, limits: quick });
    expect(await failureOf(pulling)).toMatch(
      /has a different file now: its SHA-256 is .*, not 7ddfe27f61bf/u,
    );
    expect(storageRequests).toEqual([]);
  });

  test("announces the right checksum but sends wrong bytes, which is reported", async () => {
    const sums = { [KNOWN_FILE]: weightsOf(KNOWN_ID).quantizations[0]?.files[0]?.sha256 ?? "" };
    const { env } = await startWeightsHub({ [KNOWN_FILE]: gguf }, { sums });
    const pulling = pullWeights(KNOWN_ID, { home: await emptyFolder(), env, limits: quick });
    expect(await failureOf(pulling)).toMatch(/SHA-256 is [0-9a-f]{64}, not 7ddfe27f61bf/u);
  });

  test("is asked for the commit if the catalogue has none, and the files of that commit are fetched", async () => {
    const id = "meta.llama4-maverick-17b-instruct-v1:0";
    const [choice] = weightsOf(id).quantizations;
    expect(choice?.revision).toBeUndefined();
    const files = Object.fromEntries((choice?.files ?? []).map(({ path }) => [path, gguf]));
    const { env, requests } = await startWeightsHub(files);
    const home = await emptyFolder();
    // the files hold no Llama 4, which is noticed at the end
    await expect(pullWeights(id, { home, env, limits: quick })).rejects.toThrow(ModelMismatchError);
    const fetched = requests.filter(({ method }) => method === "GET").map(({ url }) => url?.split("/")[4]);
    expect(new Set(fetched)).toEqual(new Set([COMMIT]));
    expect(await findWeights(id, { home, env })).toBeUndefined();
  });
});
