import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { checkModelFile, ModelFileError } from "../../../src/models/index.js";
import { emptyFolder } from "../../support/folder.js";

/** A header of a GGUF file with no tensors and no metadata. */
function header(version: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write("GGUF", "latin1");
  bytes.writeUInt32LE(version, 4);
  return bytes;
}

test.for([2, 3])("GGUF version %i is accepted", async (version) => {
  const path = join(await emptyFolder(), "model.gguf");
  await writeFile(path, header(version));
  await checkModelFile(path);
});

test.for([
  ["empty", Buffer.alloc(0)],
  ["not-gguf", Buffer.from("<!doctype html><title>Sign in</title>")],
  ["not-gguf", Buffer.from("GG")],
  ["git-lfs", Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")],
  ["truncated", header(3).subarray(0, 23)],
  ["version", header(1)],
  ["version", header(3).swap32()],
] as const)("a bad file is reported: %s", async ([problem, bytes]) => {
  const path = join(await emptyFolder(), "model.gguf");
  await writeFile(
    path,
    problem === "version" ? Buffer.concat([Buffer.from("GGUF"), bytes.subarray(4)]) : bytes,
  );
  const error = await checkModelFile(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ModelFileError);
  expect(error).toMatchObject({ problem, path });
  expect((error as Error).message).toContain(path);
});

test("a bad path is reported: missing, a folder, below a file", async () => {
  const folder = await emptyFolder();
  await mkdir(join(folder, "models"));
  await writeFile(join(folder, "file"), "");
  await expect(checkModelFile(join(folder, "none.gguf"))).rejects.toMatchObject({ problem: "missing" });
  await expect(checkModelFile(join(folder, "file/x.gguf"))).rejects.toMatchObject({ problem: "missing" });
  await expect(checkModelFile(join(folder, "models"))).rejects.toMatchObject({ problem: "directory" });
});

test("a bad file is reported: unreadable", async ({ skip }) => {
  skip(process.getuid?.() === 0, "root may read everything");
  skip(process.platform === "win32", "Windows has other permissions");
  const path = join(await emptyFolder(), "secret.gguf");
  await writeFile(path, header(3), { mode: 0 });
  await expect(checkModelFile(path)).rejects.toMatchObject({ problem: "unreadable" });
});
