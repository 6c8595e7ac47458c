import { open, stat } from "node:fs/promises";

import { errorCode } from "../../platform/index.js";
import { ModelFileError, type ModelFileProblem } from "../errors.js";

/*
 * The header of a GGUF file (ggml's docs/gguf.md), all little-endian: the letters `GGUF`, a 32-bit version, the 64-bit
 * number of tensors, and the 64-bit number of metadata pairs.
 */
const HEADER_BYTES = 24;
const MAGIC = "GGUF";

/**
 * The least bytes of a metadata pair and of a tensor's description: a name's length, one byte of name, a type, and a value or
 * an offset. Counts that cannot fit in the file mean that it is damaged.
 */
const LEAST_PAIR_BYTES = 14;
const LEAST_TENSOR_BYTES = 33;

/** llama.cpp reads versions 2 and 3, and dropped 1. In a big-endian file, the version appears huge. */
const OLDEST_VERSION = 2;
const NEWEST_VERSION = 3;

/** The beginning of a Git LFS pointer, which stands in the repository in place of the file. */
const LFS_POINTER = "version https://git-lfs";

/**
 * Checks the header of a model file before an engine is started for it. The engine checks the rest when it loads the file.
 *
 * @throws {ModelFileError} the file is missing, unreadable, empty, truncated, or not a GGUF file that the engine can load
 */
export async function checkModelFile(path: string): Promise<void> {
  const fail = (problem: ModelFileProblem, text: string, cause?: unknown) =>
    new ModelFileError(path, problem, `${path} ${text}`, { cause });

  const header = await readStart(path).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR")
      throw fail("missing", "doesn't exist. Check the path.", error);
    if (code === "EISDIR") throw fail("directory", "is a folder. Name the .gguf file in it.", error);
    throw fail("unreadable", `can't be read (${code}). Check its permissions.`, error);
  });
  if (header.length === 0) throw fail("empty", "is empty. Download it again.");
  const text = header.toString("latin1");
  if (text.startsWith(LFS_POINTER)) {
    throw fail("git-lfs", "is a Git LFS pointer, not the model. Run `git lfs pull` in its repository.");
  }
  if (!text.startsWith(MAGIC)) {
    throw fail("not-gguf", "is not a GGUF file. Cria can only serve models in this format, llama.cpp's.");
  }
  if (header.length < HEADER_BYTES) throw fail("truncated", "is truncated. Download it again.");
  const version = header.readUInt32LE(MAGIC.length);
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
    throw fail(
      "version",
      `has GGUF version ${version}, and llama.cpp reads ${OLDEST_VERSION} and ${NEWEST_VERSION}. Convert the model again.`,
    );
  }
  const tensors = Number(header.readBigUInt64LE(8));
  const pairs = Number(header.readBigUInt64LE(16));
  const { size } = await stat(path);
  if (HEADER_BYTES + pairs * LEAST_PAIR_BYTES + tensors * LEAST_TENSOR_BYTES > size) {
    throw fail(
      "truncated",
      `is damaged or truncated: it is too small for ${tensors} tensors. Download it again.`,
    );
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
