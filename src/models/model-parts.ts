import { stat } from "node:fs/promises";
import { fileSize } from "../store/index.js";

/** A model's files. */
export interface ModelParts {
  /** The file, or all parts of a split one that are here, in order. */
  readonly parts: readonly string[];
  /** Of all of them. */
  readonly bytes: number;
  /** Something that differs once the first of them was changed. */
  readonly key: string;
}

/** More parts than any model has: the largest Llama, unrounded, has 20. */
const MAX_PARTS = 1000;

/**
 * The files of a model whose first part, or only file, is known: `NAME-00001-of-00003.gguf` has two further ones beside it.
 *
 * @throws what the system says where the first can't be looked at
 */
export async function modelParts(path: string): Promise<ModelParts> {
  const { size, mtimeMs } = await stat(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const [, stem, count = ""] = /^(.*)-00001-of-(\d{5})\.gguf$/u.exec(path) ?? [];
  const paths = [path];
  let bytes = size;
  if (stem !== undefined && Number(count) <= MAX_PARTS) {
    for (let part = 2; part <= Number(count); part++) {
      const next = `${stem}-${String(part).padStart(5, "0")}-of-${count}.gguf`;
      const more = await fileSize(next);
      if (more === undefined) break;
      paths.push(next);
      bytes += more;
    }
  }
  return { parts: paths, bytes, key };
}
