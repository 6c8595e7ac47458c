import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { ensureModelFile, ModelUnavailableError } from "../../../src/models/index.js";
import { DiskFullError, HomeNotWritableError, type Progress } from "../../../src/store/index.js";
import { emptyFolder } from "../../support/folder.js";
import {
  cutAfter,
  quick,
  sends,
  silent,
  stallAfter,
  startHub,
  startProxy,
  status,
  tinyEntry,
  tinyModel,
  whole,
} from "../support/hub-server.js";

const file = tinyModel();
const entry = tinyEntry(file);

/** A home with the beginning of the file, as an earlier run left it. */
async function homeWithPart(part: Buffer): Promise<string> {
  const home = await emptyFolder();
  await mkdir(join(home, "models"));
  await writeFile(join(home, "models/tiny.gguf.part"), part);
  return home;
}

beforeEach(() => {
  // the test's servers are on loopback, whatever proxy this machine needs
  for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
    vi.stubEnv(name, "");
    vi.stubEnv(name.toUpperCase(), "");
  }
  return () => vi.unstubAllEnvs();
});

describe("a fetch", () => {
  test("follows the hub's redirect and leaves the file and its marker only", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    const progress: Progress[] = [];
    const path = await ensureModelFile(entry, { env, home, onProgress: (step) => progress.push(step) });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(requests).toHaveLength(1);
    expect(await readdir(join(home, "models"))).toEqual(["tiny.gguf", "tiny.gguf.sha256"]);
    expect(await readFile(`${path}.sha256`, "utf8")).toBe(`${entry.sha256}  tiny.gguf\n`);
    expect(progress[0]).toMatchObject({ what: "model", label: "Tiny from Hugging Face", finished: false });
    expect(progress.at(-1)).toMatchObject({
      doneBytes: file.length,
      totalBytes: file.length,
      finished: true,
    });
  });

  test("sends the token to the hub and not to its storage", async () => {
    const { env, requests, storageRequests } = await startHub(file);
    await ensureModelFile(entry, { env: { ...env, HF_TOKEN: "hf_secret\n" }, home: await emptyFolder() });
    expect(requests[0]?.headers.authorization).toBe("Bearer hf_secret");
    expect(storageRequests[0]?.headers.authorization).toBeUndefined();
  });

  test("goes on after each cut", async () => {
    const { env, storageRequests } = await startHub(file, cutAfter(100_000), cutAfter(50_000), whole);
    const path = await ensureModelFile(entry, { env, home: await emptyFolder(), limits: quick });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      "bytes=100000-",
      "bytes=150000-",
    ]);
  });

  test("goes on after a stall", async () => {
    const { env, storageRequests } = await startHub(file, stallAfter(100_000), whole);
    await ensureModelFile(entry, { env, home: await emptyFolder(), limits: quick });
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=100000-"]);
  });

  test("goes on from what an earlier run left", async () => {
    const { env, storageRequests } = await startHub(file);
    const home = await homeWithPart(file.subarray(0, 200_000));
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home })))).toBe(true);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual(["bytes=200000-"]);
  });

  test("needs no network when an earlier run was ended before its last step", async () => {
    const { env, requests } = await startHub(file);
    await ensureModelFile(entry, { env, home: await homeWithPart(file) });
    expect(requests).toHaveLength(0);
  });

  test.for([
    ["wrong", Buffer.alloc(200_000)],
    ["too long", Buffer.concat([file, file])],
    ["wrong and complete", Buffer.alloc(file.length)],
  ] as const)("starts over when what an earlier run left is %s", async ([, part]) => {
    const { env } = await startHub(file);
    const home = await homeWithPart(part);
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home })))).toBe(true);
  });

  test("starts over where the server knows no ranges", async () => {
    const { env } = await startHub(file, sends(file));
    const home = await homeWithPart(file.subarray(0, 200_000));
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home })))).toBe(true);
  });

  test("starts over where the server refuses the range", async () => {
    const { env, storageRequests } = await startHub(file, status(416), whole);
    const home = await homeWithPart(file.subarray(0, 200_000));
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home, limits: quick })))).toBe(
      true,
    );
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual(["bytes=200000-", undefined]);
  });

  test("tries again when the server is overloaded", async () => {
    const { env } = await startHub(file, status(503), status(429), whole);
    await ensureModelFile(entry, { env, home: await emptyFolder(), limits: quick });
  });

  test("goes through the proxy that the environment names", async () => {
    const { env } = await startHub(file);
    const { proxy, asked } = await startProxy((client, target) => {
      const onward = connect(Number(new URL(`http://${target}`).port), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        client.pipe(onward).pipe(client);
      });
      onward.on("error", () => client.destroy());
    });
    const hub = String(env["HF_ENDPOINT"]).replace("127.0.0.1", "hub.invalid");
    vi.stubEnv("http_proxy", proxy);
    const path = await ensureModelFile(entry, {
      env: { ...env, HF_ENDPOINT: hub },
      home: await emptyFolder(),
    });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(asked[0]).toBe(new URL(hub).host);
  });
});

describe("a proxy", () => {
  test.for([
    ["refuses", (client: Duplex) => client.end("HTTP/1.1 403 Forbidden\r\n\r\n"), /403/],
    ["closes the tunnel", (client: Duplex) => client.destroy(), /can't be reached/],
    ["is silent", () => undefined, /no connection/],
  ] as const)("that %s makes the source one that can't be reached", async ([, behave, reason]) => {
    const { proxy } = await startProxy(behave);
    vi.stubEnv("http_proxy", proxy);
    const env = { PATH: "/nowhere", HF_ENDPOINT: "http://hub.invalid" };
    const fetching = ensureModelFile(entry, { env, home: await emptyFolder(), limits: quick });
    await expect(fetching).rejects.toThrow(reason);
  });
});

describe("a source that can't be used", () => {
  const sha = /SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/;
  test.for([
    ["has no such file", [status(404)], /HTTP status 404/],
    ["refuses", [status(401)], /HTTP status 401: it may need a token/],
    ["never answers", [silent], /can't be reached/],
    ["is silent in the middle", [stallAfter(10)], /the connection broke off/],
    ["keeps cutting", [cutAfter(10)], /the connection broke off/],
    ["is overloaded", [status(503)], /HTTP status 503/],
    ["has wrong bytes", [sends(Buffer.alloc(file.length))], sha],
    ["has a shorter file", [sends(Buffer.alloc(9))], /of 9 bytes/],
  ] as const)("%s", async ([, behaviours, reason]) => {
    const { env } = await startHub(file, ...behaviours);
    const home = await emptyFolder();
    const error = await ensureModelFile(entry, { env, home, limits: quick }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ModelUnavailableError);
    const { failures, message } = error as ModelUnavailableError;
    expect((failures[0]?.error as Error).message).toMatch(reason);
    expect(message).toContain(`${String(env["HF_ENDPOINT"])}owner/tiny-GGUF/resolve/c0ffee`);
    expect(message).toContain("--model-file");
    expect(message).toContain("cria setup");
    expect(await readdir(join(home, "models"))).not.toContain("tiny.gguf");
  });

  test("gives way to the next one, and its bytes are used no further", async () => {
    const { env, storageRequests } = await startHub(file, sends(Buffer.alloc(file.length)), whole);
    const twoSources = { ...entry, sources: [...entry.sources, ...entry.sources] };
    const path = await ensureModelFile(twoSources, { env, home: await emptyFolder() });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  });

  test("is given up at once when nobody is there", async () => {
    const env = { PATH: "/nowhere", HF_ENDPOINT: "http://127.0.0.1:1" };
    const home = await emptyFolder();
    const hopeless = { ...quick, retryDelayMs: 3_600_000 }; // any retry would end in the test's time limit
    const fetching = ensureModelFile(entry, { env, home, limits: hopeless });
    await expect(fetching).rejects.toThrow(/ECONNREFUSED/);
  });

  test("doesn't cost what came so far", async () => {
    const { env } = await startHub(file, cutAfter(1000), status(404));
    const home = await emptyFolder();
    const fetching = ensureModelFile(entry, { env, home, limits: quick });
    await expect(fetching).rejects.toThrow(ModelUnavailableError);
    expect(await readFile(join(home, "models/tiny.gguf.part"))).toEqual(file.subarray(0, 1000));
  });
});

describe("a file that is here", () => {
  test("is returned without a request, and without writing", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    const path = await ensureModelFile(entry, { env, home });
    const before = (await stat(join(home, "models"))).mtimeMs;
    const onProgress = () => expect.unreachable();
    expect(await ensureModelFile(entry, { env, home, onProgress })).toBe(path);
    expect(requests).toHaveLength(1);
    expect((await stat(join(home, "models"))).mtimeMs).toBe(before);
  });

  test("is verified when somebody put it there, and then no more", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    await mkdir(join(home, "models"));
    await writeFile(join(home, "models/tiny.gguf"), file);
    const path = await ensureModelFile(entry, { env, home });
    expect(await readFile(`${path}.sha256`, "utf8")).toContain(entry.sha256);
    expect(requests).toHaveLength(0);
  });

  test("is fetched anew when it was changed", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    const path = await ensureModelFile(entry, { env, home });
    await writeFile(path, Buffer.alloc(file.length));
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    await ensureModelFile(entry, { env, home });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(requests).toHaveLength(2);
  });
});

describe("an abort", () => {
  test("throws its reason and keeps what came", async () => {
    const { env } = await startHub(file, stallAfter(100_000));
    const home = await emptyFolder();
    const reason = new Error("Ctrl-C");
    const stop = new AbortController();
    const fetching = ensureModelFile(entry, { env, home, signal: stop.signal });
    const part = join(home, "models/tiny.gguf.part");
    await vi.waitFor(async () => expect((await stat(part)).size).toBe(100_000));
    stop.abort(reason);
    await expect(fetching).rejects.toBe(reason);
    expect(await readdir(join(home, "models"))).toEqual(["tiny.gguf.part"]);
  });

  test("before the start throws its reason", async () => {
    const signal = AbortSignal.abort(new Error("early"));
    await expect(ensureModelFile(entry, { home: await emptyFolder(), signal })).rejects.toThrow("early");
  });
});

describe("a disk", () => {
  test("with too little room is told before anything is fetched", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    const huge = { ...entry, bytes: 1e18 };
    const error = await ensureModelFile(huge, { env, home }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DiskFullError);
    expect((error as Error).message).toContain(join(home, "models"));
    expect((error as Error).message).toContain("CRIA_HOME");
    expect(requests).toHaveLength(0);
  });

  test("that fills up in the middle is told", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /dev/full");
    const { env } = await startHub(file);
    const home = await emptyFolder();
    await mkdir(join(home, "models"));
    await symlink("/dev/full", join(home, "models/tiny.gguf.part"));
    await expect(ensureModelFile(entry, { env, home })).rejects.toThrow(DiskFullError);
  });

  test("that can't be written is told", async () => {
    const home = join(await emptyFolder(), "file");
    await writeFile(home, "");
    await expect(ensureModelFile(entry, { env: {}, home })).rejects.toThrow(HomeNotWritableError);
  });
});
