import { basename, join } from "node:path";

import { filesBelow } from "../platform/index.js";
import type { LlamaWeights, ModelEntry, QuantizedWeights } from "./catalogue/index.js";

/** The models folder in Cria's folder. */
export function modelsFolder(home: string): string {
  return join(home, "models");
}

/** Where a model's file is once it has been fetched. */
export function modelPath(entry: ModelEntry, home: string): string {
  return join(modelsFolder(home), entry.fileName);
}

/** A Bedrock model's own folder in the models folder. */
export function modelFolder(modelId: string, home: string): string {
  return join(modelsFolder(home), folderName(modelId));
}

/** Windows allows no colon in names. */
function folderName(modelId: string): string {
  return modelId.replaceAll(":", "-");
}

/** Where a download's bytes are until it is complete. */
export function partialPath(path: string): string {
  return `${path}.part`;
}

/** The most files to look at in a folder: far more than a model has. */
const MAX_FILES = 1000;

/** The paths of a Bedrock model's unfinished downloads. */
export async function unfinishedDownloads(modelId: string, home: string): Promise<string[]> {
  const folder = modelFolder(modelId, home);
  const files = await filesBelow(folder, 2, MAX_FILES);
  return files
    .filter((names) => names.at(-1)?.endsWith(partialPath("")))
    .map((names) => join(folder, ...names));
}

/**
 * The files to fetch for one quantization of a model, each with its place on disk. The parts of a split model keep their
 * names, by which llama.cpp finds them, in a folder of their own.
 */
export function weightEntries(weights: LlamaWeights, choice: QuantizedWeights): ModelEntry[] {
  const { modelId, license, contextSize } = weights;
  const { quantization, repository, revision = "main", files } = choice;
  return files.map(({ path, bytes, sha256 }, index) => ({
    name: `${modelId} ${quantization}${files.length > 1 ? ` part ${index + 1} of ${files.length}` : ""}`,
    fileName: join(folderName(modelId), quantization, basename(path)),
    ...(bytes !== undefined && { bytes }),
    ...(sha256 !== undefined && { sha256 }),
    license,
    contextSize,
    modelIds: [modelId],
    notes: "",
    sources: [{ kind: "hugging-face", repository, revision, file: path }],
  }));
}
