import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { ServerResponse } from "node:http";

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

  describe("sends a list of files that", () => {
    /** A hub that omits the headers, and sends this list. */
    const listing = (send: (response: ServerResponse) => void) =>
      preparePull({
        without: ["x-linked-etag", "x-linked-size", "x-repo-commit"],
        hub: [
          () => false,
          (_request, response) => {
            send(response);
            return true;
          },
        ],
      });

    test.for([
      ["is longer than that of any repository", `{"siblings":["${"a".repeat(3_000_000)}"]}`],
      // 1.9 MB; parsed, they would take a hundred times as much memory
      ["has values without end", `{"siblings":[${"[],".repeat(640_000)}[]]}`],
      ["is deep", "[".repeat(1_900_000)],
    ])("%s: it is refused", async ([, list]) => {
      const { pull, storageRequests } = await listing((response) => response.end(list));
      expect(await failureOf(pull())).toContain("sent a list of files that is too long");
      expect(storageRequests).toEqual([]);
    });

    test("never ends: no more than the bound is read", async () => {
      let sent = 0;
      const { pull } = await listing((response) => {
        const part = Buffer.alloc(64 * 1024, " ");
        const more = () => {
          while (!response.destroyed && sent < 100_000_000) {
            sent += part.length;
            if (!response.write(part)) return void response.once("drain", more);
          }
        };
        more();
      });
      expect(await failureOf(pull())).toContain("too long");
      // what the sockets of both sides hold comes on top
      expect(sent).toBeLessThan(20_000_000);
    });

    test.for(["no JSON", "7", "null", '"a"', "\u00ff"])("is none (%j): it is refused", async (list) => {
      const { pull } = await listing((response) => response.end(Buffer.from(list, "latin1")));
      expect(await failureOf(pull())).toContain("did not send a list of files");
    });

    test.for([
      "{}",
      "[]",
      '{"siblings":5}',
      '{"siblings":{"a":1}}',
      '{"siblings":[null,1,"a",[]]}',
      `{"sha":"${COMMIT}","siblings":[{"rfilename":"${FILE}"}]}`,
      `{"sha":"${COMMIT}","siblings":[{"rfilename":"${FILE}","lfs":null,"size":1}]}`,
      `{"sha":1,"siblings":[{"rfilename":"${FILE}","lfs":{"sha256":[],"size":{}}}]}`,
    ])("says too little (%j): it is refused", async (list) => {
      const { pull } = await listing((response) => response.end(list));
      expect(await failureOf(pull())).toContain("can't be checked");
    });

    test("is as long as that of a very large repository: it is read", async () => {
      const lfs = { sha256: createHash("sha256").update(gguf).digest("hex"), size: gguf.length };
      const siblings = Array.from({ length: 7_000 }, (_, index) => ({
        rfilename: `Q4_K_M/part-${index}.gguf`,
        size: 1,
        blobId: "0".repeat(40),
        lfs: { ...lfs, pointerSize: 134 },
      }));
      siblings.push({ rfilename: FILE, size: 1, blobId: "", lfs: { ...lfs, pointerSize: 134 } });
      const { pull } = await listing((response) => response.end(JSON.stringify({ sha: COMMIT, siblings })));
      expect(await pull()).toMatchObject({ bytes: gguf.length });
    });
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
