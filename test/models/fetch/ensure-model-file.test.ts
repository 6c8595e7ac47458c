import { mkdir, open, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";

import { describe, expect, onTestFinished, test, vi } from "vitest";

import { ensureModelFile, ModelUnavailableError } from "../../../src/models/index.js";
import { DiskFullError, HomeNotWritableError, type Progress } from "../../../src/store/index.js";
import { emptyFolder } from "../../support/folder.js";
import {
  cutAfter,
  ignoreProxies,
  impatient,
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

vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  return { ...real, open: vi.fn(real.open) };
});

const file = tinyModel();
const entry = tinyEntry(file);

/** A home with the unfinished download of an earlier run. */
async function homeWithPart(part: Buffer): Promise<string> {
  const home = await emptyFolder();
  await mkdir(join(home, "models"));
  await writeFile(join(home, "models/tiny.gguf.part"), part);
  return home;
}

ignoreProxies();

describe("a fetch", () => {
  test("follows the hub's redirect and leaves only the file and its marker", async () => {
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

  test("sends the token to the hub but not to its storage", async () => {
    const { env, requests, storageRequests } = await startHub(file);
    await ensureModelFile(entry, { env: { ...env, HF_TOKEN: "hf_secret\n" }, home: await emptyFolder() });
    expect(requests[0]?.headers.authorization).toBe("Bearer hf_secret");
    expect(storageRequests[0]?.headers.authorization).toBeUndefined();
  });

  test("resumes after each interruption", async () => {
    const { env, storageRequests } = await startHub(file, cutAfter(100_000), cutAfter(50_000), whole);
    const path = await ensureModelFile(entry, { env, home: await emptyFolder(), limits: quick });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      "bytes=100000-",
      "bytes=150000-",
    ]);
  });

  test("resumes after a stall", async () => {
    const { env, storageRequests } = await startHub(file, stallAfter(100_000), whole);
    await ensureModelFile(entry, { env, home: await emptyFolder(), limits: impatient });
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=100000-"]);
  });

  test("resumes an earlier run's download", async () => {
    const { env, storageRequests } = await startHub(file);
    const home = await homeWithPart(file.subarray(0, 200_000));
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home })))).toBe(true);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual(["bytes=200000-"]);
  });

  test("needs no network if an earlier run ended just before its last step", async () => {
    const { env, requests } = await startHub(file);
    await ensureModelFile(entry, { env, home: await homeWithPart(file) });
    expect(requests).toHaveLength(0);
  });

  test.for([
    ["wrong", Buffer.alloc(200_000)],
    ["too long", Buffer.concat([file, file])],
    ["wrong and complete", Buffer.alloc(file.length)],
  ] as const)("starts over if the bytes of an earlier run are %s", async ([, part]) => {
    const { env } = await startHub(file);
    const home = await homeWithPart(part);
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home })))).toBe(true);
  });

  test("starts over if the server ignores ranges", async () => {
    const { env } = await startHub(file, sends(file));
    const home = await homeWithPart(file.subarray(0, 200_000));
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home })))).toBe(true);
  });

  test("starts over if the server refuses the range", async () => {
    const { env, storageRequests } = await startHub(file, status(416), whole);
    const home = await homeWithPart(file.subarray(0, 200_000));
    expect(file.equals(await readFile(await ensureModelFile(entry, { env, home, limits: quick })))).toBe(
      true,
    );
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual(["bytes=200000-", undefined]);
  });

  test("is retried if the server is overloaded", async () => {
    const { env } = await startHub(file, status(503), status(429), whole);
    await ensureModelFile(entry, { env, home: await emptyFolder(), limits: quick });
  });

  test("uses the proxy in the environment", async () => {
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

describe("a proxy that", () => {
  test.for([
    ["refuses", (client: Duplex) => client.end("HTTP/1.1 403 Forbidden\r\n\r\n"), /403/, quick],
    ["closes the tunnel", (client: Duplex) => client.destroy(), /can't be reached/, quick],
    ["is silent", () => undefined, /no connection/, impatient],
  ] as const)("%s makes the source fail", async ([, behave, reason, limits]) => {
    const { proxy } = await startProxy(behave);
    vi.stubEnv("http_proxy", proxy);
    const env = { PATH: "/nowhere", HF_ENDPOINT: "http://hub.invalid" };
    const fetching = ensureModelFile(entry, { env, home: await emptyFolder(), limits });
    await expect(fetching).rejects.toThrow(reason);
  });
});

describe("a source that fails", () => {
  const sha = /SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/;
  test.for([
    ["does not have the file", [status(404)], /HTTP status 404/, quick],
    ["refuses", [status(401)], /HTTP status 401: set HF_TOKEN/, quick],
    ["never responds", [silent], /can't be reached/, impatient],
    ["stalls", [stallAfter(10)], /the connection was lost \(no bytes for 300 ms\)/, impatient],
    ["keeps interrupting", [cutAfter(10)], /the connection was lost/, quick],
    ["is overloaded", [status(503)], /HTTP status 503/, quick],
    ["sends wrong bytes", [sends(Buffer.alloc(file.length))], sha, quick],
    ["has a shorter file", [sends(Buffer.alloc(9))], /of 9 bytes, not /, quick],
  ] as const)("%s", async ([, behaviours, reason, limits]) => {
    const { env } = await startHub(file, ...behaviours);
    const home = await emptyFolder();
    const error = await ensureModelFile(entry, { env, home, limits }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelUnavailableError);
    const { failures, message } = error as ModelUnavailableError;
    expect((failures[0]?.error as Error).message).toMatch(reason);
    expect(message).toContain(`${String(env["HF_ENDPOINT"])}owner/tiny-GGUF/resolve/c0ffee`);
    expect(message).toContain("--model-file");
    expect(message).toContain("cria setup");
    expect(await readdir(join(home, "models"))).not.toContain("tiny.gguf");
  });

  test("is followed by the next one, which does not resume its bytes", async () => {
    const { env, storageRequests } = await startHub(file, sends(Buffer.alloc(file.length)), whole);
    const twoSources = { ...entry, sources: [...entry.sources, ...entry.sources] };
    const path = await ensureModelFile(twoSources, { env, home: await emptyFolder() });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  });

  test("is not retried if no server is there", async () => {
    const env = { PATH: "/nowhere", HF_ENDPOINT: "http://127.0.0.1:1" };
    const home = await emptyFolder();
    const hopeless = { ...quick, retryDelayMs: 3_600_000 }; // with a retry, the test would time out
    const fetching = ensureModelFile(entry, { env, home, limits: hopeless });
    await expect(fetching).rejects.toThrow(/ECONNREFUSED/);
  });

  test("leaves the bytes that it delivered", async () => {
    const { env } = await startHub(file, cutAfter(1000), status(404));
    const home = await emptyFolder();
    const fetching = ensureModelFile(entry, { env, home, limits: quick });
    await expect(fetching).rejects.toThrow(ModelUnavailableError);
    expect(await readFile(join(home, "models/tiny.gguf.part"))).toEqual(file.subarray(0, 1000));
  });
});

describe("a file that is here", () => {
  test("is returned without a request and without a write", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    const path = await ensureModelFile(entry, { env, home });
    const before = (await stat(join(home, "models"))).mtimeMs;
    const onProgress = () => expect.unreachable();
    expect(await ensureModelFile(entry, { env, home, onProgress })).toBe(path);
    expect(requests).toHaveLength(1);
    expect((await stat(join(home, "models"))).mtimeMs).toBe(before);
  });

  test("is verified once if the user copied it there", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    await mkdir(join(home, "models"));
    await writeFile(join(home, "models/tiny.gguf"), file);
    const path = await ensureModelFile(entry, { env, home });
    expect(await readFile(`${path}.sha256`, "utf8")).toContain(entry.sha256);
    expect(requests).toHaveLength(0);
  });

  test("is fetched again if it has changed", async () => {
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
  test("throws its reason and keeps the bytes so far", async () => {
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

  test("before the start throws its reason, too", async () => {
    const signal = AbortSignal.abort(new Error("early"));
    await expect(ensureModelFile(entry, { home: await emptyFolder(), signal })).rejects.toThrow("early");
  });
});

describe("a disk that", () => {
  test("has too little room is reported before any download", async () => {
    const { env, requests } = await startHub(file);
    const home = await emptyFolder();
    const huge = { ...entry, bytes: 1e18 };
    const error = await ensureModelFile(huge, { env, home }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DiskFullError);
    expect((error as Error).message).toContain(join(home, "models"));
    expect((error as Error).message).toContain("CRIA_HOME");
    expect(requests).toHaveLength(0);
  });

  test("fills up during the download is reported", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /dev/full");
    const { env } = await startHub(file);
    const home = await emptyFolder();
    const { open: realOpen } = await vi.importActual<typeof import("node:fs/promises")>("node:fs/promises");
    vi.mocked(open).mockImplementation((path, ...rest) =>
      // as if the disk were full once the download begins
      String(path).endsWith(".part") ? realOpen("/dev/full", "w") : realOpen(path, ...rest),
    );
    onTestFinished(() => void vi.mocked(open).mockImplementation(realOpen));
    await expect(ensureModelFile(entry, { env, home })).rejects.toThrow(DiskFullError);
  });

  test("cannot be written is reported", async () => {
    const home = join(await emptyFolder(), "file");
    await writeFile(home, "");
    await expect(ensureModelFile(entry, { env: {}, home })).rejects.toThrow(HomeNotWritableError);
  });
});
