import { SHAPE_70B, SHAPE_8B } from "./llama-3.js";
import { partsOf, type LlamaWeights, type ModelShape } from "./weights.js";

const SHAPE_1B: ModelShape = {
  parameters: 1_235_814_400,
  layers: 16,
  embedding: 2048,
  keyValueHeads: 8,
  headSize: 64,
  vocabulary: 128_256,
};

const SHAPE_3B: ModelShape = {
  parameters: 3_212_749_824,
  layers: 28,
  embedding: 3072,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 128_256,
};

const SHAPE_405B: ModelShape = {
  parameters: 405_853_388_800,
  layers: 126,
  embedding: 16_384,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 128_256,
};

/** With the image layers, which llama.cpp does not support; parameters as rounded in the model card. */
const SHAPE_11B: ModelShape = { ...SHAPE_8B, parameters: 10_600_000_000, layers: 40 };
const SHAPE_90B: ModelShape = { ...SHAPE_70B, parameters: 88_800_000_000, layers: 100 };

const FAMILY = { family: "llama-3-1", contextSize: 131_072 } as const;
const LICENSE_3_1 = "Llama 3.1 Community License";
const LICENSE_3_2 = "Llama 3.2 Community License";
const LICENSE_3_3 = "Llama 3.3 Community License";

const NO_VISION =
  "llama.cpp does not support this model's image layers. To serve a text-only Llama in its place, use `cria models add FILE --as ID`";

/*
 * Revisions, checksums and rounded sizes are from the files' pages on the hub. Llama 3.1 70B, which has no revision, is from
 * LocalAI's catalogue, with its checksum.
 */
const LLAMA_3_1_8B = "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF";
const LLAMA_3_1_405B = "ThomasBaruzier/Meta-Llama-3.1-405B-Instruct-GGUF";
const LLAMA_3_2_1B = "bartowski/Llama-3.2-1B-Instruct-GGUF";
const LLAMA_3_2_3B = "bartowski/Llama-3.2-3B-Instruct-GGUF";
const LLAMA_3_3_70B = "bartowski/Llama-3.3-70B-Instruct-GGUF";

/** The weights of Llama 3.1 to 3.3, which share a prompt format. */
export const llama31Weights: readonly LlamaWeights[] = [
  {
    ...FAMILY,
    modelId: "meta.llama3-1-8b-instruct-v1:0",
    shape: SHAPE_8B,
    license: LICENSE_3_1,
    names: ["llama-3.1-8b-instruct"],
    ollama: { name: "llama3.1", size: "8b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: LLAMA_3_1_8B,
        revision: "60222762062fb50571a931789c6f8d190df1d491",
        gated: false,
        files: [
          {
            path: "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
            sha256: "7b064f5842bf9532c91456deda288a1b672397a54fa729aa665952863033557c",
            roundedBytes: 4_920_000_000,
          },
        ],
      },
      {
        quantization: "Q5_K_S",
        repository: LLAMA_3_1_8B,
        revision: "6f222631ac6f8cc4df5f8ffa8149d8a1b0834123",
        gated: false,
        files: [
          {
            path: "Meta-Llama-3.1-8B-Instruct-Q5_K_S.gguf",
            sha256: "99deaedac85547c2560a415eedd3019fa5a17b43b809ae526788852061d05614",
            roundedBytes: 5_600_000_000,
          },
        ],
      },
      {
        quantization: "Q6_K",
        repository: LLAMA_3_1_8B,
        revision: "bf5b95e96dac0462e2a09145ec66cae9a3f12067",
        gated: false,
        files: [{ path: "Meta-Llama-3.1-8B-Instruct-Q6_K.gguf", roundedBytes: 6_600_000_000 }],
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-1-70b-instruct-v1:0",
    shape: SHAPE_70B,
    license: LICENSE_3_1,
    names: ["llama-3.1-70b-instruct"],
    ollama: { name: "llama3.1", size: "70b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: "MaziyarPanahi/Meta-Llama-3.1-70B-Instruct-GGUF",
        gated: false,
        files: [
          {
            path: "Meta-Llama-3.1-70B-Instruct.Q4_K_M.gguf",
            sha256: "3f16ab17da4521fe3ed7c5d7beed960d3fe7b5b64421ee9650aa53d6b649ccab",
          },
        ],
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-1-405b-instruct-v1:0",
    shape: SHAPE_405B,
    license: LICENSE_3_1,
    names: ["llama-3.1-405b-instruct"],
    ollama: { name: "llama3.1", size: "405b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: LLAMA_3_1_405B,
        revision: "8545acf6b66386cbe0c37a7a099d634531c62a1c",
        files: partsOf("Meta-Llama-3.1-405B-Instruct-Q4_K_M/Meta-Llama-3.1-405B-Instruct-Q4_K_M", 6),
      },
      {
        quantization: "Q3_K_S",
        repository: LLAMA_3_1_405B,
        revision: "ed783b5d30eb44e57466f493a5381eda89b1406a",
        files: partsOf("Meta-Llama-3.1-405B-Instruct-Q3_K_S/Meta-Llama-3.1-405B-Instruct-Q3_K_S", 4),
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-2-11b-instruct-v1:0",
    shape: SHAPE_11B,
    license: LICENSE_3_2,
    names: ["llama-3.2-11b-vision-instruct"],
    ollama: undefined,
    quantizations: [],
    noWeightsReason: NO_VISION,
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-2-90b-instruct-v1:0",
    shape: SHAPE_90B,
    license: LICENSE_3_2,
    names: ["llama-3.2-90b-vision-instruct"],
    ollama: undefined,
    quantizations: [],
    noWeightsReason: NO_VISION,
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-2-1b-instruct-v1:0",
    shape: SHAPE_1B,
    license: LICENSE_3_2,
    names: ["llama-3.2-1b-instruct"],
    ollama: { name: "llama3.2", size: "1b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: LLAMA_3_2_1B,
        revision: "d52af3776f99ddf220e5ffd3f93b2a4e4df105be",
        files: [
          {
            path: "Llama-3.2-1B-Instruct-Q4_K_M.gguf",
            sha256: "6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83",
            roundedBytes: 808_000_000,
          },
        ],
      },
      {
        quantization: "Q8_0",
        repository: LLAMA_3_2_1B,
        revision: "ecf723e6c67f8438a5e7f3f6c6775e829d825a73",
        files: [{ path: "Llama-3.2-1B-Instruct-Q8_0.gguf", roundedBytes: 1_320_000_000 }],
      },
      {
        quantization: "Q6_K",
        repository: LLAMA_3_2_1B,
        revision: "ecf723e6c67f8438a5e7f3f6c6775e829d825a73",
        files: [{ path: "Llama-3.2-1B-Instruct-Q6_K.gguf", roundedBytes: 1_020_000_000 }],
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-2-3b-instruct-v1:0",
    shape: SHAPE_3B,
    license: LICENSE_3_2,
    names: ["llama-3.2-3b-instruct"],
    ollama: { name: "llama3.2", size: "3b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: LLAMA_3_2_3B,
        revision: "c346bfc2029e79ba6d7edf026cf01fe44242db0d",
        gated: false,
        files: [
          {
            path: "Llama-3.2-3B-Instruct-Q4_K_M.gguf",
            sha256: "6c1a2b41161032677be168d354123594c0e6e67d2b9227c84f296ad037c728ff",
            roundedBytes: 2_020_000_000,
          },
        ],
      },
      {
        quantization: "Q5_K_M",
        repository: LLAMA_3_2_3B,
        revision: "160b1f96c09b162843e6aafcce507ff45438b56e",
        gated: false,
        files: [
          {
            path: "Llama-3.2-3B-Instruct-Q5_K_M.gguf",
            sha256: "0b94ccd04d908304cec5246a3d942b64417a423bc5c6d47c73bc557e590b5194",
            roundedBytes: 2_320_000_000,
          },
        ],
      },
      {
        quantization: "Q8_0",
        repository: LLAMA_3_2_3B,
        revision: "3eb9d5b94fb6145e371670e386bbffe6a4183e00",
        gated: false,
        files: [
          {
            path: "Llama-3.2-3B-Instruct-Q8_0.gguf",
            sha256: "b5607b5090a8280063fff2d706bb3408ca6542341b06aab39c3eca0a28575921",
            roundedBytes: 3_420_000_000,
          },
        ],
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama3-3-70b-instruct-v1:0",
    shape: SHAPE_70B,
    license: LICENSE_3_3,
    names: ["llama-3.3-70b-instruct"],
    ollama: { name: "llama3.3", size: "70b", kind: "chat" },
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: LLAMA_3_3_70B,
        revision: "d40011344cae8a77726c8dd9e0e26aa1cb4efc7f",
        files: [{ path: "Llama-3.3-70B-Instruct-Q4_K_M.gguf", roundedBytes: 42_500_000_000 }],
      },
      {
        quantization: "Q5_K_M",
        repository: LLAMA_3_3_70B,
        revision: "42a7822abbc79585903e2fe7dd076d3c3cf70e89",
        files: [
          {
            path: "Llama-3.3-70B-Instruct-Q5_K_M/Llama-3.3-70B-Instruct-Q5_K_M-00001-of-00002.gguf",
            sha256: "1e0a25b0c10a7590947fce663985c0d5e7401c41ad4cf994dd36d9337c532d3d",
            roundedBytes: 40_000_000_000,
          },
          {
            path: "Llama-3.3-70B-Instruct-Q5_K_M/Llama-3.3-70B-Instruct-Q5_K_M-00002-of-00002.gguf",
            sha256: "7d1098ce9c1cea0cee718467d0914ad1cdcef501651b0917300284181838cd39",
            roundedBytes: 9_960_000_000,
          },
        ],
      },
      {
        quantization: "Q2_K",
        repository: LLAMA_3_3_70B,
        revision: "6a2d1ab95cac8617b2912271f10f01dad8c78b62",
        files: [
          {
            path: "Llama-3.3-70B-Instruct-Q2_K.gguf",
            sha256: "9b2b9e9b0b0c8c2a6fc331b4df3cd837859be5634778f665e8d64765f123df25",
            roundedBytes: 26_400_000_000,
          },
        ],
      },
    ],
  },
];
