import { open } from "node:fs/promises";

import { ModelFileError } from "./errors/model-file-error.js";

/** What every GGUF file begins with. */
const MAGIC = Buffer.from("GGUF", "latin1");

/**
 * Looks at the beginning of a model file, so that a typing error isn't llama.cpp's to explain.
 *
 * @throws {ModelFileError} it isn't there, can't be read, or isn't a GGUF.
 */
export async function checkModelFile(file: string): Promise<void> {
  const start = await readStart(file);
  if (!start.equals(MAGIC)) {
    throw new ModelFileError(
      file,
      "is no GGUF file, or a damaged one: it doesn't begin with the letters GGUF.",
    );
  }
}

async function readStart(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file, "r");
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? "isn't there. Check its path."
        : `can't be read: ${(error as Error).message}`;
    throw new ModelFileError(file, reason, { cause: error });
  }
}
