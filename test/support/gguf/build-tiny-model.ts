import { llama2Vocabulary } from "./llama-2-vocabulary.js";
import { llama3Vocabulary } from "./llama-3-vocabulary.js";
import { llama4Vocabulary } from "./llama-4-vocabulary.js";
import { EMBEDDING, FEED_FORWARD, tinyWeights } from "./tiny-weights.js";
import { writeGguf } from "./write-gguf.js";

const HEADS = 2;

/** Each model has the context size of the Bedrock model whose vocabulary it has; Llama 4's is too large for a test's memory. */
const models = {
  "llama-2": { vocabulary: llama2Vocabulary, contextLength: 4096, ropeBase: 10_000 },
  "llama-3": { vocabulary: llama3Vocabulary, contextLength: 8192, ropeBase: 500_000 },
  "llama-4": { vocabulary: llama4Vocabulary, contextLength: 8192, ropeBase: 500_000 },
};

export type TinyModelName = keyof typeof models;

/** A model file of the llama architecture with a real vocabulary and very few weights. It has no chat template. */
export function buildTinyModel(name: TinyModelName): Uint8Array {
  const { vocabulary, contextLength, ropeBase } = models[name];
  const { tokens, kinds, metadata } = vocabulary();
  const uint32 = (value: number) => ({ type: "uint32", value }) as const;
  return writeGguf(
    {
      "general.architecture": { type: "string", value: "llama" },
      "general.name": { type: "string", value: `Tiny model with the vocabulary of ${name}` },
      "llama.vocab_size": uint32(tokens.length),
      "llama.context_length": uint32(contextLength),
      "llama.embedding_length": uint32(EMBEDDING),
      "llama.feed_forward_length": uint32(FEED_FORWARD),
      "llama.block_count": uint32(1),
      "llama.attention.head_count": uint32(HEADS),
      "llama.attention.head_count_kv": uint32(HEADS),
      "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: 1e-5 },
      "llama.rope.dimension_count": uint32(EMBEDDING / HEADS),
      "llama.rope.freq_base": { type: "float32", value: ropeBase },
      "tokenizer.ggml.tokens": { type: "strings", value: tokens },
      "tokenizer.ggml.token_type": { type: "int32s", value: kinds },
      ...metadata,
    },
    tinyWeights({ tokens, kinds, metadata }),
  );
}
