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
 * What a metadata pair and a tensor's description take at least: a name's length, a byte of name, a type and a value or an
 * offset. Counts that can't fit in the file are damage, and would keep a reader busy for ever.
 */
const LEAST_PAIR_BYTES = 14;
const LEAST_TENSOR_BYTES = 33;

/** llama.cpp reads versions 2 and 3, and gave up 1; a big-endian file's version looks huge. */
const OLDEST_VERSION = 2;
const NEWEST_VERSION = 3;

/** What Git leaves in place of a file that Git LFS keeps. */
const LFS_POINTER = "version https://git-lfs";

/**
 * Checks that a file looks like a model, before an engine is started for it. What lies behind the header is left to the
 * engine, which reads all of it.
 *
 * @throws {ModelFileError} it's missing, a folder, unreadable, empty, or no GGUF file that the engine reads
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
  if (header.length === 0) throw fail("empty", "is empty. Fetch it again.");
  const text = header.toString("latin1");
  if (text.startsWith(LFS_POINTER)) {
    throw fail("git-lfs", "is only a pointer to the model. Run `git lfs pull` where it was cloned.");
  }
  if (!text.startsWith(MAGIC)) {
    throw fail("not-gguf", "is no GGUF file. Only models in llama.cpp's format can be served: FILE.gguf.");
  }
  if (header.length < HEADER_BYTES) throw fail("truncated", "is cut off. Fetch it again.");
  const version = header.readUInt32LE(MAGIC.length);
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
    throw fail(
      "version",
      `is GGUF version ${version}, not ${OLDEST_VERSION} or ${NEWEST_VERSION}. Convert it anew.`,
    );
  }
  const tensors = Number(header.readBigUInt64LE(8));
  const pairs = Number(header.readBigUInt64LE(16));
  const { size } = await stat(path);
  if (HEADER_BYTES + pairs * LEAST_PAIR_BYTES + tensors * LEAST_TENSOR_BYTES > size) {
    throw fail("truncated", `is damaged or cut off: it can't hold ${tensors} tensors. Fetch it again.`);
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
