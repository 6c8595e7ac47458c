import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file that is deleted with its folder at the end of the block. */
export async function temporaryFile(name: string, content: string) {
  const folder = await mkdtemp(join(tmpdir(), "cria-test-"));
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
