import type { LlamaWeights, ModelShape, QuantizedWeights } from "./weights.js";

/*
 * Revisions, checksums and rounded sizes are from the files' pages on the hub. No licence has to be accepted there: many
 * published scripts fetch the files without a token.
 */

const SHAPE_13B: ModelShape = {
  parameters: 13_015_864_320,
  layers: 40,
  embedding: 5120,
  keyValueHeads: 40,
  headSize: 128,
  vocabulary: 32_000,
};

const SHAPE_70B: ModelShape = {
  parameters: 68_976_648_192,
  layers: 80,
  embedding: 8192,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 32_000,
};

const FAMILY = { family: "llama-2", contextSize: 4096, license: "Llama 2 Community License" } as const;

/** The weights of Llama 2. */
export const llama2Weights: readonly LlamaWeights[] = [
  {
    ...FAMILY,
    modelId: "meta.llama2-13b-chat-v1",
    shape: SHAPE_13B,
    names: ["llama-2-13b-chat", "llama-2-13b-chat-hf"],
    ollama: { name: "llama2", size: "13b", kind: "chat" },
    quantizations: quantized("TheBloke/Llama-2-13B-chat-GGUF", "llama-2-13b-chat", [
      {
        quantization: "Q4_K_M",
        revision: "4458acc949de0a9914c3eab623904d4fe999050a",
        sha256: "7ddfe27f61bf994542c22aca213c46ecbd8a624cca74abff02a7b5a8c18f787f",
        roundedBytes: 7_870_000_000,
      },
      {
        quantization: "Q5_K_M",
        revision: "4458acc949de0a9914c3eab623904d4fe999050a",
        sha256: "ef36e090240040f97325758c1ad8e23f3801466a8eece3a9eac2d22d942f548a",
        roundedBytes: 9_230_000_000,
      },
      {
        quantization: "Q8_0",
        revision: "388fd0588d7437c2efbd26247fa8fbc9662c2b13",
        sha256: "9f4d06112114dd1b48023305578ad52b690d3aee42181631a2bddbe856f75ae6",
        roundedBytes: 13_800_000_000,
      },
      {
        quantization: "Q2_K",
        revision: "388fd0588d7437c2efbd26247fa8fbc9662c2b13",
        sha256: "fb69352085bf25c70bf0de94fc3dc9248609a255d7482a3fb308d102aabb066c",
        roundedBytes: 5_430_000_000,
      },
    ]),
  },
  {
    ...FAMILY,
    modelId: "meta.llama2-70b-chat-v1",
    shape: SHAPE_70B,
    names: ["llama-2-70b-chat", "llama-2-70b-chat-hf"],
    ollama: { name: "llama2", size: "70b", kind: "chat" },
    quantizations: quantized("TheBloke/Llama-2-70B-Chat-GGUF", "llama-2-70b-chat", [
      {
        quantization: "Q4_K_M",
        revision: "441147778c8fa0ccc64382ba01e14c5b41fc1bce",
        sha256: "c7e817ae9c84191ccfc57141e839cb1b1cb61822cd299e76d02ec49fd6fa3c3e",
        roundedBytes: 41_400_000_000,
      },
      {
        quantization: "Q5_K_M",
        revision: "9f0061c9e33d69b8ccb0b1226a83131a7d93c22a",
        sha256: "283c99f69e93d385f87bdf19c6aeee02220dd82a4a7882ca6c3ad90475eb4859",
        roundedBytes: 48_800_000_000,
      },
      {
        quantization: "Q2_K",
        revision: "441147778c8fa0ccc64382ba01e14c5b41fc1bce",
        roundedBytes: 29_300_000_000,
      },
    ]),
  },
  {
    ...FAMILY,
    modelId: "meta.llama2-13b-v1",
    shape: SHAPE_13B,
    names: ["llama-2-13b", "llama-2-13b-hf"],
    ollama: { name: "llama2", size: "13b", kind: "text" },
    quantizations: quantized("TheBloke/Llama-2-13B-GGUF", "llama-2-13b", [
      {
        quantization: "Q4_K_M",
        revision: "e3fd214717cfbdb7b7731ea2f86aebeba0bd6747",
        sha256: "e6c5f001cf1e9330bda4c2c9098cc1c363f1cb70634f7e047fddba6096969c59",
        roundedBytes: 7_870_000_000,
      },
      {
        quantization: "Q5_K_M",
        revision: "e808d5dde83cdd6460fd43a90c0aaf371eb9961b",
        sha256: "c81202d8fd069ebcea9d44b2c2ff99a57f0accc3d73828ffdfcc538428aa5623",
        roundedBytes: 9_230_000_000,
      },
      {
        quantization: "Q8_0",
        revision: "b106d1c018ac999af9130b83134fb6b7c5331dea",
        sha256: "f60b1d38df8299c926daeb6a81a56004e188b889a9d21dc8b5ef1f58b923c889",
        roundedBytes: 13_800_000_000,
      },
      {
        quantization: "Q2_K",
        revision: "d776634e577c53636e1f4b3155eb0be05fd42963",
        sha256: "c2b2ead8fe6604c50876589c57f6a9e08689ce2ad6e95e81f9b65d0020ed59dc",
        roundedBytes: 5_430_000_000,
      },
    ]),
  },
  {
    ...FAMILY,
    modelId: "meta.llama2-70b-v1",
    shape: SHAPE_70B,
    names: ["llama-2-70b", "llama-2-70b-hf"],
    ollama: { name: "llama2", size: "70b", kind: "text" },
    quantizations: quantized("TheBloke/Llama-2-70B-GGUF", "llama-2-70b", [
      {
        quantization: "Q4_K_M",
        revision: "22bccff15a8289e6265fa41a05f04497d2981a96",
        sha256: "89ac09f7990e1464b9974adda153d1acf1cd78d14ef78ab81b8a6a55a87807f9",
        roundedBytes: 41_400_000_000,
      },
      {
        quantization: "Q5_K_S",
        revision: "7665d4e449b71c43ff44d214d2ebde5fb14cc3e0",
        sha256: "7fb54605b1492b3deb7f9031f9fca09be8ee45676655b31ac545266deed55f1b",
        roundedBytes: 47_500_000_000,
      },
      {
        quantization: "Q2_K",
        revision: "18dfb7afa4b25935f4d5181db5a26d237c12ed51",
        sha256: "7a9825196f0f1064048e9608ed5b8b76bb7d818762a041b356d671a5c7ae3260",
        roundedBytes: 29_300_000_000,
      },
    ]),
  },
];

interface Choice {
  readonly quantization: string;
  readonly revision: string;
  readonly sha256?: string;
  readonly roundedBytes: number;
}

/** These repositories follow one naming scheme. */
function quantized(repository: string, stem: string, choices: readonly Choice[]): QuantizedWeights[] {
  return choices.map(({ quantization, revision, ...file }) => ({
    quantization,
    repository,
    revision,
    gated: false,
    files: [{ path: `${stem}.${quantization}.gguf`, ...file }],
  }));
}
