import { stat } from "node:fs/promises";
import { basename, join } from "node:path";

import { fileSize } from "../platform/index.js";
import type { ModelEntry, LlamaWeights, QuantizedWeights } from "./catalogue/index.js";

/** The folder of the models in Cria's folder. */
export function modelsFolder(home: string): string {
  return join(home, "models");
}

/** Where a model's file is, once it's here. */
export function modelPath(entry: ModelEntry, home: string): string {
  return join(modelsFolder(home), entry.fileName);
}

/** A model's folder below the folder of models. Windows takes no colon in names. */
export function modelFolderName(modelId: string): string {
  return modelId.replaceAll(":", "-");
}

/**
 * The files of a rounding of a model's weights, as they are fetched. The parts of a split one keep their names, by which
 * llama.cpp finds them, in a folder that is theirs.
 */
export function weightEntries(weights: LlamaWeights, choice: QuantizedWeights): ModelEntry[] {
  const { modelId, license, contextSize } = weights;
  const { quantization, repository, revision = "main", files } = choice;
  return files.map(({ path, bytes, sha256 }, index) => ({
    name: `${modelId} ${quantization}${files.length > 1 ? ` part ${index + 1} of ${files.length}` : ""}`,
    fileName: join(modelFolderName(modelId), quantization, basename(path)),
    ...(bytes !== undefined && { bytes }),
    ...(sha256 !== undefined && { sha256 }),
    license,
    contextSize,
    modelIds: [modelId],
    notes: "",
    sources: [{ kind: "hugging-face", repository, revision, file: path }],
  }));
}

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
