import { partsOf, type LlamaWeights, type ModelShape } from "./weights.js";

/** Parameters of all experts: all are in memory, though a token uses only a few. */
const SHAPE_SCOUT: ModelShape = {
  parameters: 107_769_861_120,
  layers: 48,
  embedding: 5120,
  keyValueHeads: 8,
  headSize: 128,
  vocabulary: 202_048,
};

const SHAPE_MAVERICK: ModelShape = { ...SHAPE_SCOUT, parameters: 400_711_848_960 };

const FAMILY = { family: "llama-4", license: "Llama 4 Community License" } as const;

/*
 * Scout's file and checksum are from LocalAI's catalogue. Maverick's file names are quoted by users; the folder they are in is
 * inferred.
 */

/** The weights of Llama 4. These GGUFs handle text only; the image encoder is a separate file, which Cria does not use. */
export const llama4Weights: readonly LlamaWeights[] = [
  {
    ...FAMILY,
    modelId: "meta.llama4-scout-17b-instruct-v1:0",
    shape: SHAPE_SCOUT,
    contextSize: 10_485_760,
    names: ["llama-4-scout-17b-16e-instruct"],
    ollama: undefined,
    quantizations: [
      {
        quantization: "Q3_K_S",
        repository: "bartowski/meta-llama_Llama-4-Scout-17B-16E-Instruct-GGUF",
        gated: false,
        files: [
          {
            path: "meta-llama_Llama-4-Scout-17B-16E-Instruct-Q3_K_S.gguf",
            sha256: "48dfc18d40691b4190b7fecf1f89b78cadc758c3a27a9e2a1cabd686fdb822e3",
          },
        ],
      },
    ],
  },
  {
    ...FAMILY,
    modelId: "meta.llama4-maverick-17b-instruct-v1:0",
    shape: SHAPE_MAVERICK,
    contextSize: 1_048_576,
    names: ["llama-4-maverick-17b-128e-instruct"],
    ollama: undefined,
    quantizations: [
      {
        quantization: "Q4_K_M",
        repository: "unsloth/Llama-4-Maverick-17B-128E-Instruct-GGUF",
        files: partsOf("Q4_K_M/Llama-4-Maverick-17B-128E-Instruct-Q4_K_M", 5),
      },
    ],
  },
];
