import type { LlamaWeights, ModelShape } from "./weights.js";

/** Llama 3.1 8B has the same shape. */
export const SHAPE_8B: ModelShape = {
  parameters: 8_030_261_248,
  layers: 32,
  embedding: 4096,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 128_256,
};

/** Llama 3.1 70B and Llama 3.3 70B have the same shape. */
export const SHAPE_70B: ModelShape = {
  parameters: 70_553_706_496,
  layers: 80,
  embedding: 8192,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 128_256,
};

const FAMILY = { family: "llama-3", contextSize: 8192, license: "Meta Llama 3 Community License" } as const;

/*
 * Revisions, checksums and rounded sizes are from the files' pages on the hub. These are not the first conversions, which
 * lacked Llama 3's pre-tokenizer.
 */
const FIXED_8B = "lmstudio-community/Meta-Llama-3-8B-Instruct-BPE-fix-GGUF";
const FIXED_70B = "lmstudio-community/Meta-Llama-3-70B-Instruct-BPE-fix-GGUF";

/** The weights of Llama 3. */
export const llama3Weights: readonly LlamaWeights[] = [
  {
    ...FAMILY,
    modelId: "meta.llama3-8b-instruct-v1:0",
    shape: SHAPE_8B,
    names: ["llama-3-8b-instruct", "llama-3-8b-instruct-hf"],
    ollama: { name: "llama3", size: "8b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: FIXED_8B,
        revision: "092b8cd29715bfe6541303a3cfaa224297339b67",
        files: [
          {
            path: "Meta-Llama-3-8B-Instruct-Q4_K_M.gguf",
            sha256: "8ba9baf3a7345f705a11878397500fb25174034f0fd784e83aa4a96aaa47735f",
            roundedBytes: 4_920_000_000,
          },
        ],
      },
      {
        quantization: "Q5_K_S",
        repository: FIXED_8B,
        revision: "a927a128f438f5cb56e29a0710793714ff3bfd4f",
        files: [
          {
            path: "Meta-Llama-3-8B-Instruct-Q5_K_S.gguf",
            sha256: "3f6359642cd31319fd253de9ac7838bbe9bc425ed3c02eeec1c403fa7e6d3290",
            roundedBytes: 5_600_000_000,
          },
        ],
      },
      {
        quantization: "IQ3_M",
        repository: FIXED_8B,
        revision: "092b8cd29715bfe6541303a3cfaa224297339b67",
        files: [
          {
            path: "Meta-Llama-3-8B-Instruct-IQ3_M.gguf",
            sha256: "4845b035538a703a1c5ac8a362897abb4046b81443939930ec8c7b0323104cdb",
            roundedBytes: 3_780_000_000,
          },
        ],
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-70b-instruct-v1:0",
    shape: SHAPE_70B,
    names: ["llama-3-70b-instruct", "llama-3-70b-instruct-hf"],
    ollama: { name: "llama3", size: "70b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: "mradermacher/Meta-Llama-3-70B-Instruct-GGUF",
        revision: "faeea1d2cd60b51bcfb11c2dd86225521104ea9f",
        files: [{ path: "Meta-Llama-3-70B-Instruct.Q4_K_M.gguf", roundedBytes: 42_500_000_000 }],
      },
      {
        quantization: "Q3_K_S",
        repository: FIXED_70B,
        revision: "259fb739452c94cbfcf5d118498e5258d698d9e1",
        files: [
          {
            path: "Meta-Llama-3-70B-Instruct-Q3_K_S.gguf",
            sha256: "7d324ea99786adefa63fef55c929c92f0567958cd1e78bffe2fe6ca19d8a00ef",
            roundedBytes: 30_900_000_000,
          },
        ],
      },
    ],
  },
];
