/** What a model file of Llama's architecture says of itself. */
import { gguf } from "./transpile-gguf.mjs";

/**
 * @param name - for people
 * @param shape - `width`, `feedForward`, `layers`, `heads`, `keyValueHeads` and `context`, in numbers and tokens
 * @returns the metadata of a GGUF with Llama 2's vocabulary, and that vocabulary's size
 */
export async function llama2Metadata(name, { width, feedForward, layers, heads, keyValueHeads, context }) {
  const { llama2Vocabulary } = await gguf("llama-2-vocabulary");
  const { tokens, kinds, metadata } = llama2Vocabulary();
  const uint32 = (value) => ({ type: "uint32", value });
  return {
    vocabulary: tokens.length,
    about: {
      "general.architecture": { type: "string", value: "llama" },
      "general.name": { type: "string", value: name },
      "llama.vocab_size": uint32(tokens.length),
      "llama.context_length": uint32(context),
      "llama.embedding_length": uint32(width),
      "llama.feed_forward_length": uint32(feedForward),
      "llama.block_count": uint32(layers),
      "llama.attention.head_count": uint32(heads),
      "llama.attention.head_count_kv": uint32(keyValueHeads),
      "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: 1e-5 },
      "llama.rope.dimension_count": uint32(width / heads),
      "llama.rope.freq_base": { type: "float32", value: 10_000 },
      "tokenizer.ggml.tokens": { type: "strings", value: tokens },
      "tokenizer.ggml.token_type": { type: "int32s", value: kinds },
      ...metadata,
    },
  };
}
