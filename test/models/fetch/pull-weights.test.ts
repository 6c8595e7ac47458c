import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, onTestFinished, test, vi } from "vitest";

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
import { claimingGguf, LLAMA_2_13B } from "../support/gguf-file.js";
import { cutAfter, ignoreProxies, quick, stallAfter } from "../support/hub-server.js";
import { FILE, ID, preparePull, REVISION, weightsFile } from "../support/pull.js";
import { answers, COMMIT, startWeightsHub } from "../support/weights-hub.js";

vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  return { ...real, open: vi.fn(real.open) };
});

const gguf = weightsFile();

ignoreProxies();

describe("a pull", () => {
  test("leaves the file, its checksum and its source record; then the model is found", async () => {
    const { pull, folder, home, env, requests } = await preparePull();
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

  test("needs no network if everything is here", async () => {
    const { pull, requests } = await preparePull();
    const first = await pull();
    requests.length = 0;
    expect(await pull({ env: { HF_ENDPOINT: "http://127.0.0.1:1" } })).toEqual(first);
    expect(requests).toEqual([]);
  });

  test("sends the token to the hub but never to its storage", async () => {
    const { pull, env, requests, storageRequests } = await preparePull();
    await pull({ env: { ...env, HF_TOKEN: "hf_secret" } });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer hf_secret",
      "Bearer hf_secret",
    ]);
    expect(storageRequests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("resumes after interruptions, including an earlier run's, with the file that it began with", async () => {
    const { pull, folder, storageRequests } = await preparePull({
      storage: [cutAfter(100_000), cutAfter(0)],
    });
    await expect(pull({ limits: { ...quick, retries: 1 } })).rejects.toThrow(ModelUnavailableError);
    // an interrupted connection may lose bytes that were sent
    const { size } = await stat(join(folder, `${FILE}.part`));
    expect(size).toBeGreaterThan(0);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${size}-`]);
    const again = await startWeightsHub({ [FILE]: weightsFile() });
    await pull({ env: again.env });
    expect(gguf.equals(await readFile(join(folder, FILE)))).toBe(true);
    expect(again.storageRequests.map(({ headers }) => headers.range)).toEqual([`bytes=${size}-`]);
    // the source record exists, so the hub is not asked again
    expect(again.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  test("reports its progress", async () => {
    const { pull } = await preparePull();
    const progress: Progress[] = [];
    await pull({ onProgress: (step) => progress.push(step) });
    expect(progress[0]).toMatchObject({ label: `${ID} Q6_K from Hugging Face`, totalBytes: gguf.length });
    expect(progress.at(-1)).toMatchObject({
      doneBytes: gguf.length,
      totalBytes: gguf.length,
      finished: true,
    });
  });

  test("throws the reason of an abort and keeps the bytes so far", async () => {
    const { pull, folder } = await preparePull({ storage: [stallAfter(100_000)] });
    const stop = new AbortController();
    const pulling = pull({ signal: stop.signal });
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

  test("are fetched in order, and the progress is that of all", async () => {
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

test("weights of another family than the catalogue says are not used", async () => {
  const { pull, home, env } = await preparePull({}, { [FILE]: claimingGguf("llama-2", LLAMA_2_13B) });
  const pulling = pull();
  await expect(pulling).rejects.toThrow(ModelMismatchError);
  await expect(pulling).rejects.toThrow(/its vocabulary has 32000 tokens, and that of Llama 3.* has 128256/u);
  expect(await findWeights(ID, { home, env })).toBeUndefined();
});

test("what is not in the catalogue is refused before any request", async () => {
  const { pull, requests } = await preparePull();
  const unknown = pull({ quantization: "Q9_X" });
  await expect(unknown).rejects.toThrow(NoWeightsError);
  await expect(unknown).rejects.toThrow(
    /has no Q9_X quantization of .* Choose one of: Q4_K_M \(808 MB\), Q8_0 /u,
  );
  const vision = pullWeights("meta.llama3-2-90b-instruct-v1:0");
  await expect(vision).rejects.toThrow(NoWeightsError);
  await expect(vision).rejects.toThrow(
    /no weights of meta.llama3-2-90b-instruct-v1:0: llama.cpp does not support/u,
  );
  await expect(pullWeights("anthropic.claude-v2")).rejects.toThrow(UnknownModelError);
  expect(requests).toEqual([]);
});

describe("a disk that", () => {
  /** Starts a hub on which each file claims to have this size. */
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

  test("has too little room is reported before any download", async () => {
    const { env, requests } = await claims(1e15);
    const pulling = pullWeights(ID, { quantization: "Q6_K", home: await emptyFolder(), env, limits: quick });
    await expect(pulling).rejects.toThrow(DiskFullError);
    expect(methods(requests)).toEqual(new Set(["HEAD"]));
  });

  test("has room for each part but not for all is reported as early", async () => {
    const home = await emptyFolder();
    const { bavail, bsize } = await statfs(home);
    const { env, requests } = await claims(Math.floor((bavail * bsize) / 2));
    const pulling = pullWeights("meta.llama3-1-405b-instruct-v1:0", { home, env, limits: quick });
    await expect(pulling).rejects.toThrow(DiskFullError);
    expect(requests).toHaveLength(6);
    expect(methods(requests)).toEqual(new Set(["HEAD"]));
  });

  test("fills up during the download is reported", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /dev/full");
    const { pull } = await preparePull();
    const { open: realOpen } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
    vi.mocked(open).mockImplementation((path, ...rest) =>
      // as if the disk were full once the download begins
      String(path).endsWith(".part") ? realOpen("/dev/full", "w") : realOpen(path, ...rest),
    );
    onTestFinished(() => void vi.mocked(open).mockImplementation(realOpen));
    await expect(pull()).rejects.toThrow(DiskFullError);
  });
});

test("removing a model deletes its files, finished or not", async () => {
  const { pull, home, env, folder } = await preparePull();
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
