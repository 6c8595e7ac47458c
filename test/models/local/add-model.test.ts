import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, rm, stat, symlink, unlink, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { expect, test, vi } from "vitest";

import {
  addModel,
  findWeights,
  ModelFileError,
  ModelMismatchError,
  removeModel,
  UnknownModelError,
} from "../../../src/models/index.js";
import { DiskFullError } from "../../../src/store/index.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyModel } from "../../support/gguf/tiny-model.js";
import { claimingGguf, LLAMA_2_13B, LLAMA_3_8B, put, smallGguf } from "../support/gguf-file.js";

vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  return { ...real, rm: vi.fn(real.rm) };
});

const CHAT = "meta.llama2-13b-chat-v1";
const env = { HOME: "/nowhere", USERPROFILE: "/nowhere", OLLAMA_MODELS: "/nowhere" };

test("a file with Llama 2's real vocabulary is added as Llama 2, in place", async () => {
  const home = await emptyFolder();
  const file = await tinyModel("llama-2");
  const added = await addModel(file, CHAT, { home });
  expect(added).toMatchObject({ modelId: CHAT, path: file });
  // it is tiny, which is only a warning
  expect(added.warnings).toEqual([
    expect.stringContaining("differs from the original model (1 layers instead of 40, "),
  ]);
  const found = await findWeights(`${CHAT}:0:4k`, { home, env });
  expect(found).toMatchObject({ path: file, source: "imported", contextSize: 4096 });
  const layout = { sequences: 2, halfSequences: 0, kvCacheType: "f16" } as const;
  expect(found?.memoryBytes(layout, 100)).toBe(
    (await stat(file)).size + 2 * 256 * 2 * 2 * 16 * 2 + 131 * 32_000 * 4 + 32_000 * 350 + 60e6,
  );
  // the context is limited to the model's own
  expect(found?.memoryBytes(layout, 1_000_000)).toBe(found?.memoryBytes(layout, 4096));
});

test("a file with the model's own dimensions has no warnings", async () => {
  const home = await emptyFolder();
  const file = await put(home, "any-name.gguf", claimingGguf("llama-2", LLAMA_2_13B));
  expect(await addModel(file, CHAT, { home })).toMatchObject({ warnings: [], quantization: "Q4_K_M" });
});

test("an old conversion, which lacks the pre-tokenizer, has a warning", async () => {
  const home = await emptyFolder();
  const older = claimingGguf("llama-3", LLAMA_3_8B, {
    "tokenizer.ggml.pre": { type: "string", value: "default" },
  });
  const added = await addModel(await put(home, "m.gguf", older), "meta.llama3-8b-instruct-v1:0", { home });
  expect(added.warnings).toEqual([expect.stringContaining("token counts will differ")]);
});

test("a copy is used in place of the file, and deleted with the model", async () => {
  const home = await emptyFolder();
  const file = await put(await emptyFolder(), "m.gguf", claimingGguf("llama-2", LLAMA_2_13B));
  const { path } = await addModel(file, CHAT, { home, copy: true });
  expect(path).toBe(join(home, "models", CHAT, "imported/m.gguf"));
  expect(await readFile(path)).toEqual(await readFile(file));
  await removeModel(CHAT, home);
  expect([existsSync(path), existsSync(file)]).toEqual([false, true]);
});

test("a file that was added in place stays when the model is removed", async () => {
  const home = await emptyFolder();
  const file = await put(await emptyFolder(), "m.gguf", claimingGguf("llama-2", LLAMA_2_13B));
  await addModel(file, CHAT, { home });
  expect(await removeModel(CHAT, home)).toMatchObject({ models: [{ path: file, owned: false }] });
  expect(existsSync(file)).toBe(true);
  expect(await findWeights(CHAT, { home, env })).toBeUndefined();
});

test("a file outside of Cria's folder stays, whatever the registry says of it", async () => {
  const outside = await emptyFolder();
  const home = join(outside, "home");
  for (const [path, name] of [
    ["../elsewhere.gguf", "elsewhere.gguf"],
    [join(outside, "absolute.gguf"), "absolute.gguf"],
    ["models/../../twice.gguf", "twice.gguf"],
  ] as const) {
    const file = await put(outside, name, claimingGguf("llama-2", LLAMA_2_13B));
    await mkdir(home, { recursive: true });
    const model = { modelId: CHAT, path, source: "pulled", owned: true, bytes: 1, addedAt: "2026-01-01" };
    await writeFile(join(home, "models.json"), JSON.stringify({ models: [model] }));
    expect(await removeModel(CHAT, home)).toMatchObject({
      models: [{ path: file, owned: false, outcome: "kept" }],
    });
    expect(existsSync(file)).toBe(true);
  }
});

test("what became of a file is told: a link's target stays, a missing file was gone, a file elsewhere in the folder stays", async ({
  skip,
}) => {
  skip(process.platform === "win32", "Windows lets only administrators make links");
  const [home, outside] = [await emptyFolder(), await emptyFolder()];
  const real = await put(outside, "real.gguf", claimingGguf("llama-2", LLAMA_2_13B));
  const folder = join(home, "models", CHAT, "Q4_K_M");
  await mkdir(folder, { recursive: true });
  await symlink(real, join(folder, "link.gguf"));
  const other = await put(join(home, "models"), "other.gguf", new Uint8Array(1));
  const model = { modelId: CHAT, source: "pulled", owned: true, bytes: 1, addedAt: "2026-01-01" };
  const paths = [`models/${CHAT}/Q4_K_M/link.gguf`, `models/${CHAT}/gone.gguf`, "models/other.gguf"];
  await writeFile(
    join(home, "models.json"),
    JSON.stringify({ models: paths.map((path) => ({ ...model, path })) }),
  );
  const { models } = await removeModel(CHAT, home);
  expect(models.map(({ outcome, target }) => [outcome, target])).toEqual([
    ["unlinked", await realpath(real)],
    ["missing", join(home, `models/${CHAT}/gone.gguf`)],
    ["kept", await realpath(other)],
  ]);
  expect([existsSync(real), existsSync(other), existsSync(folder)]).toEqual([true, true, false]);
});

test("a model whose files can't be deleted stays registered, so that the command can be repeated", async () => {
  const home = await emptyFolder();
  const file = await put(await emptyFolder(), "m.gguf", claimingGguf("llama-2", LLAMA_2_13B));
  const { path } = await addModel(file, CHAT, { home, copy: true });
  // the errors of Windows while a server has the file mapped, and of a folder without write permission
  for (const code of ["EPERM", "EBUSY", "EACCES"]) {
    vi.mocked(rm).mockRejectedValueOnce(Object.assign(new Error(code), { code }));
    await expect(removeModel(CHAT, home)).rejects.toThrow(code);
    expect(await findWeights(CHAT, { home, env })).toMatchObject({ path });
  }
  expect(await removeModel(CHAT, home)).toMatchObject({ models: [{ path }] });
  expect(existsSync(path)).toBe(false);
  expect(await findWeights(CHAT, { home, env })).toBeUndefined();
});

test("the file that was added last and still exists is used", async () => {
  const [home, folder] = [await emptyFolder(), await emptyFolder()];
  const bytes = claimingGguf("llama-2", LLAMA_2_13B);
  const [first, second] = [await put(folder, "1.gguf", bytes), await put(folder, "2.gguf", bytes)];
  await addModel(first, CHAT, { home });
  await addModel(second, CHAT, { home });
  expect(await findWeights(CHAT, { home, env })).toMatchObject({ path: second });
  await unlink(second);
  expect(await findWeights(CHAT, { home, env })).toMatchObject({ path: first });
});

test("a split model is added by its first part, and needs all parts", async () => {
  const [home, folder] = [await emptyFolder(), await emptyFolder()];
  const part = (index: number) =>
    claimingGguf("llama-2", LLAMA_2_13B, {
      "split.no": { type: "uint32", value: index },
      "split.count": { type: "uint32", value: 2 },
    });
  const first = await put(folder, "m-00001-of-00002.gguf", part(0));
  await expect(addModel(first, CHAT, { home })).rejects.toThrow(
    /first of 2 parts, and part 2 is not in its folder/u,
  );
  const second = await put(folder, "m-00002-of-00002.gguf", part(1));
  await expect(addModel(second, CHAT, { home })).rejects.toThrow(/is part 2 of 2\. Name the first part/u);
  const bytes = (await stat(first)).size + (await stat(second)).size;
  expect(await addModel(first, CHAT, { home, copy: true })).toMatchObject({ bytes });
  expect(await findWeights(CHAT, { home, env })).toMatchObject({ bytes });
});

const mismatches = {
  architecture: smallGguf({ "general.architecture": { type: "string", value: "gemma3" } }),
  "no architecture": smallGguf({}),
  "vocabulary of another size": claimingGguf("llama-3", LLAMA_3_8B),
  "vocabulary of the same size": claimingGguf("llama-2", LLAMA_2_13B, {
    "tokenizer.ggml.tokens": { type: "strings", value: Array.from({ length: 32_000 }, (_, id) => `${id}`) },
  }),
  tokenizer: claimingGguf("llama-2", LLAMA_2_13B, {
    "tokenizer.ggml.model": { type: "string", value: "gpt2" },
  }),
};

test.for([
  ["architecture", /its architecture is gemma3, and that of Llama 2 is llama/u],
  ["no architecture", /it names no architecture, and that of Llama 2 is llama/u],
  ["vocabulary of another size", /its vocabulary has 128256 tokens, and that of Llama 2 has 32000/u],
  ["vocabulary of the same size", /token 1 is "1", not "<s>"/u],
  ["tokenizer", /its tokenizer is gpt2, and that of Llama 2 is llama/u],
] as const)("a model of another family is refused: %s", async ([what, reason]) => {
  const home = await emptyFolder();
  const file = await put(home, "m.gguf", mismatches[what]);
  const error: unknown = await addModel(file, CHAT, { home }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelMismatchError);
  expect(error).toMatchObject({ path: file, modelId: CHAT });
  expect((error as Error).message).toMatch(reason);
  expect(await findWeights(CHAT, { home, env })).toBeUndefined();
});

test.for([
  ["missing", undefined, "missing"],
  ["a web page", Buffer.from("<!doctype html><title>Sign in</title>"), "not-gguf"],
  ["truncated", claimingGguf("llama-2", LLAMA_2_13B).subarray(0, 100_000), "truncated"],
  ["damaged", damaged(), "damaged"],
] as const)("a file that is %s is refused", async ([, bytes, problem]) => {
  const home = await emptyFolder();
  const path = join(home, "m.gguf");
  if (bytes !== undefined) await writeFile(path, bytes);
  const error: unknown = await addModel(path, CHAT, { home }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelFileError);
  expect(error).toMatchObject({ problem, path: resolve(path) });
  expect((error as Error).message).toContain(basename(path));
});

/** A file with a value of an unknown type. */
function damaged(): Buffer {
  const bytes = smallGguf({ x: { type: "uint32", value: 1 } });
  bytes.writeUInt32LE(99, 24 + 8 + 1);
  return bytes;
}

test("an id that is not on Bedrock is refused before the file is read", async () => {
  await expect(addModel("/nowhere.gguf", "llama2")).rejects.toThrow(UnknownModelError);
});

test("a copy that does not fit on the disk leaves nothing behind", async ({ skip }) => {
  skip(process.platform !== "linux", "only Linux makes such large files without allocating their blocks");
  const home = await emptyFolder();
  const file = await put(await emptyFolder(), "m.gguf", claimingGguf("llama-2", LLAMA_2_13B));
  const { truncate } = await import("node:fs/promises");
  try {
    await truncate(file, 2 ** 43);
  } catch {
    skip("this file system has no files of 8 TB");
  }
  await expect(addModel(file, CHAT, { home, copy: true })).rejects.toThrow(DiskFullError);
  expect(await findWeights(CHAT, { home, env })).toBeUndefined();
});
