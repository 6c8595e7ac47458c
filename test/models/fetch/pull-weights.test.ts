import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, statfs, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import {
  findWeights,
  ModelMismatchError,
  ModelUnavailableError,
  NoWeightsError,
  pullWeights,
  removeModel,
  UnknownModelError,
  weightsOf,
} from "../../../src/models/index.js";
import { DiskFullError, type Progress } from "../../../src/store/index.js";
import { emptyFolder } from "../../support/folder.js";
import { claimingGguf, LLAMA_2_13B, LLAMA_3_2_1B } from "../support/gguf-file.js";
import { cutAfter, quick, sends, stallAfter } from "../support/hub-server.js";
import { answers, COMMIT, startWeightsHub, type WeightsHubOptions } from "../support/weights-hub.js";

/** One file, at a known commit, whose checksum and size only the hub knows. */
const ID = "meta.llama3-2-1b-instruct-v1:0";
const FILE = "Llama-3.2-1B-Instruct-Q6_K.gguf";
const REVISION = weightsOf(ID).quantizations.find(({ quantization }) => quantization === "Q6_K")?.revision;

/** Its checksum is known. */
const KNOWN_ID = "meta.llama2-13b-chat-v1";
const KNOWN_FILE = "llama-2-13b-chat.Q4_K_M.gguf";

let gguf: Buffer;
beforeAll(() => {
  gguf = claimingGguf("llama-3", LLAMA_3_2_1B);
});
beforeEach(() => {
  // the test's servers are on loopback, whatever proxy this machine needs
  for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
    vi.stubEnv(name, "");
    vi.stubEnv(name.toUpperCase(), "");
  }
  return () => vi.unstubAllEnvs();
});

/** A hub with that file, and a pull from it into an empty home. */
async function prepare(
  options: WeightsHubOptions = {},
  files: Readonly<Record<string, Buffer>> = { [FILE]: gguf },
) {
  const hub = await startWeightsHub(files, options);
  const home = await emptyFolder();
  const pull = (more: Parameters<typeof pullWeights>[1] = {}) =>
    pullWeights(ID, { quantization: "q6_k", home, env: hub.env, limits: quick, ...more });
  return { ...hub, home, folder: join(home, "models/meta.llama3-2-1b-instruct-v1-0/Q6_K"), pull };
}

async function failureOf(pulling: Promise<unknown>): Promise<string> {
  const error: unknown = await pulling.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelUnavailableError);
  return (error as Error).message;
}

describe("a pull", () => {
  test("leaves the file, its checksum, and a note of where it's from; the model is found", async () => {
    const { pull, folder, home, env, requests } = await prepare();
    const pulled = await pull();
    const path = join(folder, FILE);
    expect(pulled).toMatchObject({ modelId: ID, quantization: "Q6_K", path, bytes: gguf.length });
    expect(gguf.equals(await readFile(path))).toBe(true);
    const sha256 = createHash("sha256").update(gguf).digest("hex");
    expect((await readdir(folder)).sort()).toEqual([FILE, `${FILE}.sha256`, `${FILE}.source.json`]);
    expect(await readFile(`${path}.sha256`, "utf8")).toBe(`${sha256}  ${FILE}\n`);
    expect(JSON.parse(await readFile(`${path}.source.json`, "utf8"))).toEqual({
      repository: "bartowski/Llama-3.2-1B-Instruct-GGUF",
      revision: REVISION,
      file: FILE,
      bytes: gguf.length,
      sha256,
    });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(
      ["HEAD", "GET"].map(
        (method) => `${method} /bartowski/Llama-3.2-1B-Instruct-GGUF/resolve/${REVISION}/${FILE}`,
      ),
    );
    expect(await findWeights(ID, { home, env })).toMatchObject({
      path,
      source: "pulled",
      contextSize: 131_072,
    });
  });

  test("needs no network once all is here", async () => {
    const { pull, requests } = await prepare();
    const first = await pull();
    requests.length = 0;
    expect(await pull({ env: { HF_ENDPOINT: "http://127.0.0.1:1" } })).toEqual(first);
    expect(requests).toEqual([]);
  });

  test("sends the token to the hub and never to its storage", async () => {
    const { pull, env, requests, storageRequests } = await prepare();
    await pull({ env: { ...env, HF_TOKEN: "hf_secret" } });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer hf_secret",
      "Bearer hf_secret",
    ]);
    expect(storageRequests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("follows a repository that was renamed, on the hub itself", async () => {
    const { pull, requests } = await prepare({
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

  test("asks the hub's list where a mirror leaves out the headers", async () => {
    const { pull, requests } = await prepare({
      without: ["x-linked-etag", "x-linked-size", "x-repo-commit"],
    });
    expect(await pull()).toMatchObject({ bytes: gguf.length });
    expect(requests[1]?.url).toBe(
      `/api/models/bartowski/Llama-3.2-1B-Instruct-GGUF/revision/${REVISION}?blobs=true`,
    );
  });

  test("fetches nothing where neither tells the checksum", async () => {
    const { pull, storageRequests } = await prepare({ without: ["x-linked-etag"], listing: false });
    expect(await failureOf(pull())).toContain("can't be checked");
    expect(storageRequests).toEqual([]);
  });

  test("goes on after cuts, also those of an earlier run, with the file it began with", async () => {
    const { pull, folder, storageRequests } = await prepare({ storage: [cutAfter(100_000), cutAfter(0)] });
    await expect(pull({ limits: { ...quick, retries: 1 } })).rejects.toThrow(ModelUnavailableError);
    // a connection that is cut may lose bytes that were sent
    const { size } = await stat(join(folder, `${FILE}.part`));
    expect(size).toBeGreaterThan(0);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${size}-`]);
    const again = await startWeightsHub({ [FILE]: gguf });
    await pull({ env: again.env });
    expect(gguf.equals(await readFile(join(folder, FILE)))).toBe(true);
    expect(again.storageRequests.map(({ headers }) => headers.range)).toEqual([`bytes=${size}-`]);
    // what it is was written down: the hub isn't asked again
    expect(again.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  test("tells how far it is", async () => {
    const { pull } = await prepare();
    const progress: Progress[] = [];
    await pull({ onProgress: (step) => progress.push(step) });
    expect(progress[0]).toMatchObject({ label: `${ID} Q6_K from Hugging Face`, totalBytes: gguf.length });
    expect(progress.at(-1)).toMatchObject({
      doneBytes: gguf.length,
      totalBytes: gguf.length,
      finished: true,
    });
  });

  test("an abort throws its reason and keeps what came", async () => {
    const { pull, folder } = await prepare({ storage: [stallAfter(100_000)] });
    const stop = new AbortController();
    const pulling = pull({ signal: stop.signal, limits: { ...quick, silenceMs: 10_000 } });
    await vi.waitFor(async () => expect((await stat(join(folder, `${FILE}.part`))).size).toBe(100_000));
    const reason = new Error("Ctrl-C");
    stop.abort(reason);
    await expect(pulling).rejects.toBe(reason);
    expect((await readdir(folder)).sort()).toEqual([`${FILE}.part`, `${FILE}.source.json`]);
  });
});

describe("the parts of a split model", () => {
  const id = "meta.llama3-1-405b-instruct-v1:0";
  const names =
    weightsOf(id).quantizations.find(({ quantization }) => quantization === "Q3_K_S")?.files ?? [];

  test("come one after the other, and progress is that of all", async () => {
    const files = Object.fromEntries(
      names.map(({ path }, index) => [path, index === 0 ? gguf : Buffer.alloc(1000 + index, index)]),
    );
    const { env } = await startWeightsHub(files);
    const home = await emptyFolder();
    const progress: Progress[] = [];
    const options = { quantization: "Q3_K_S", home, env, limits: quick };
    const pulled = await pullWeights(id, { ...options, onProgress: (step) => progress.push(step) });
    const total = gguf.length + 1001 + 1002 + 1003;
    expect(pulled.bytes).toBe(total);
    expect(pulled.path).toMatch(/-00001-of-00004\.gguf$/u);
    expect((await readdir(dirname(pulled.path))).filter((name) => name.endsWith(".gguf"))).toHaveLength(4);
    expect(new Set(progress.map(({ totalBytes }) => totalBytes))).toEqual(new Set([total]));
    expect(progress.filter(({ finished }) => finished)).toHaveLength(1);
    expect(progress.at(-1)).toMatchObject({ doneBytes: total, finished: true });
    expect(progress.map(({ doneBytes = 0 }) => doneBytes)).toEqual(
      progress.map(({ doneBytes = 0 }) => doneBytes).sort((a, b) => a - b),
    );
    expect(await findWeights(id, { home, env })).toMatchObject({ bytes: total });
  });
});

describe("the hub", () => {
  const page = "/bartowski/Llama-3.2-1B-Instruct-GGUF";

  test.for([401, 403])("asks with %i for an accepted licence: what to accept, and where", async (status) => {
    const { pull, url } = await prepare({ hub: [answers(status, { "x-error-code": "GatedRepo" })] });
    const message = await failureOf(pull());
    expect(message).toContain(
      `HTTP status ${status}: its licence must be accepted first. Sign in at ${url}${page}`,
    );
    expect(message).toContain("HF_TOKEN");
    expect(message).toContain(`cria models pull ${ID}`);
  });

  test("refuses a token", async () => {
    const { pull } = await prepare({ hub: [answers(401)] });
    expect(await failureOf(pull())).toMatch(/HTTP status 401: it may need a token \(HF_TOKEN\)/u);
  });

  test("has no such file", async () => {
    const { pull } = await prepare({}, {});
    expect(await failureOf(pull())).toContain("HTTP status 404");
  });

  test("is asked again when it's overloaded", async () => {
    const { pull, requests } = await prepare({ hub: [answers(429, { "retry-after": "1" }), answers(503)] });
    await pull();
    expect(requests).toHaveLength(4);
  });

  test("isn't waited for when it asks for longer than a person would", async () => {
    const { pull, requests } = await prepare({ hub: [answers(429, { "retry-after": "3600" })] });
    expect(await failureOf(pull())).toContain("HTTP status 429; it asks to wait 3600 s");
    expect(requests).toHaveLength(1);
  });

  test("is given up when it stays overloaded", async () => {
    const { pull, requests } = await prepare({ hub: Array.from({ length: 9 }, () => answers(503)) });
    expect(await failureOf(pull())).toContain("HTTP status 503");
    expect(requests).toHaveLength(1 + quick.retries);
  });

  test("sends wrong bytes: they are deleted", async () => {
    const { pull, folder } = await prepare({ storage: [sends(Buffer.alloc(gguf.length))] });
    expect(await failureOf(pull())).toMatch(/SHA-256 is [0-9a-f]{64}, not/u);
    expect(await readdir(folder)).toEqual([`${FILE}.source.json`]);
  });

  test("sends another size than it said", async () => {
    const { pull } = await prepare({ storage: [sends(gguf.subarray(1))] });
    expect(await failureOf(pull())).toMatch(/has a file of .*, not of /u);
  });

  test("has another file than the one whose checksum is known: nothing is fetched", async () => {
    const { env, storageRequests } = await startWeightsHub({ [KNOWN_FILE]: gguf });
    const pulling = pullWeights(KNOWN_ID, { home: await emptyFolder(), env, limits: quick });
    expect(await failureOf(pulling)).toMatch(/has another file now .* not 7ddfe27f61bf/u);
    expect(storageRequests).toEqual([]);
  });

  test("says the known checksum and sends other bytes", async () => {
    const sums = { [KNOWN_FILE]: weightsOf(KNOWN_ID).quantizations[0]?.files[0]?.sha256 ?? "" };
    const { env } = await startWeightsHub({ [KNOWN_FILE]: gguf }, { sums });
    const pulling = pullWeights(KNOWN_ID, { home: await emptyFolder(), env, limits: quick });
    expect(await failureOf(pulling)).toMatch(/SHA-256 is [0-9a-f]{64}, not 7ddfe27f61bf/u);
  });

  test("is asked for the commit where none is known, and that very commit is fetched from", async () => {
    const id = "meta.llama4-maverick-17b-instruct-v1:0";
    const [choice] = weightsOf(id).quantizations;
    expect(choice?.revision).toBeUndefined();
    const files = Object.fromEntries((choice?.files ?? []).map(({ path }) => [path, gguf]));
    const { env, requests } = await startWeightsHub(files);
    const home = await emptyFolder();
    // what comes isn't Llama 4, which is found out at the end
    await expect(pullWeights(id, { home, env, limits: quick })).rejects.toThrow(ModelMismatchError);
    const fetched = requests.filter(({ method }) => method === "GET").map(({ url }) => url?.split("/")[4]);
    expect(new Set(fetched)).toEqual(new Set([COMMIT]));
    expect(await findWeights(id, { home, env })).toBeUndefined();
  });
});

test("weights of another family than the catalogue says aren't used", async () => {
  const { pull, home, env } = await prepare({}, { [FILE]: claimingGguf("llama-2", LLAMA_2_13B) });
  await expect(pull()).rejects.toThrow(/its vocabulary has 32000 tokens/u);
  expect(await findWeights(ID, { home, env })).toBeUndefined();
});

test("what isn't in the catalogue is told before anything is asked", async () => {
  const { pull, requests } = await prepare();
  await expect(pull({ quantization: "Q9_X" })).rejects.toThrow(NoWeightsError);
  await expect(pullWeights("meta.llama3-2-90b-instruct-v1:0")).rejects.toThrow(NoWeightsError);
  await expect(pullWeights("anthropic.claude-v2")).rejects.toThrow(UnknownModelError);
  expect(requests).toEqual([]);
});

describe("a disk", () => {
  /** A hub that says that each file has this size. */
  const claims = (bytes: number) =>
    startWeightsHub(
      {},
      {
        hub: Array.from({ length: 9 }, () =>
          answers(302, {
            location: "http://127.0.0.1:1/",
            "x-repo-commit": COMMIT,
            "x-linked-size": String(bytes),
            "x-linked-etag": `"${"0".repeat(64)}"`,
          }),
        ),
      },
    );
  const methods = (requests: readonly { readonly method?: string | undefined }[]) =>
    new Set(requests.map(({ method }) => method));

  test("with too little room is told before anything is fetched", async () => {
    const { env, requests } = await claims(1e15);
    const pulling = pullWeights(ID, { quantization: "Q6_K", home: await emptyFolder(), env, limits: quick });
    await expect(pulling).rejects.toThrow(DiskFullError);
    expect(methods(requests)).toEqual(new Set(["HEAD"]));
  });

  test("with room for each part but not for all is told as early", async () => {
    const home = await emptyFolder();
    const { bavail, bsize } = await statfs(home);
    const { env, requests } = await claims(Math.floor((bavail * bsize) / 2));
    const pulling = pullWeights("meta.llama3-1-405b-instruct-v1:0", { home, env, limits: quick });
    await expect(pulling).rejects.toThrow(DiskFullError);
    expect(requests).toHaveLength(6);
    expect(methods(requests)).toEqual(new Set(["HEAD"]));
  });

  test("that turns out to be full is told", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /dev/full");
    const { pull, folder } = await prepare();
    await mkdir(folder, { recursive: true });
    await symlink("/dev/full", join(folder, `${FILE}.part`));
    await expect(pull()).rejects.toThrow(DiskFullError);
  });
});

test("a removed model is gone from the disk, also an unfinished one", async () => {
  const { pull, home, env, folder } = await prepare();
  await pull();
  expect(await removeModel(ID, home)).toMatchObject({
    models: [{ modelId: ID, owned: true }],
    unfinished: false,
  });
  expect(await findWeights(ID, { home, env })).toBeUndefined();
  await expect(stat(folder)).rejects.toThrow("ENOENT");

  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${FILE}.part`), "GGUF");
  expect(await removeModel(ID, home)).toEqual({ models: [], unfinished: true });
  await expect(removeModel(ID, home)).rejects.toThrow(/neither pulled nor added/u);
});
