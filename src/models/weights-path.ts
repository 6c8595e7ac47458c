import { basename, join } from "node:path";

import type { ModelEntry } from "./catalogue/model-entry.js";
import type { LlamaWeights, QuantizedWeights } from "./catalogue/weights.js";

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
