import { type GgufTensor, writeGguf } from "./write-gguf.js";

/** Numbers of an embedding, of the vision tower's as of the tiny models' own: `build-tiny-model.ts`. */
const WIDTH = 32;
const INNER = 64;
const PATCH = 14;
const SIDE = 56;

/** Tokens that an image becomes. */
export const IMAGE_TOKENS = (SIDE / PATCH) ** 2;

const BLOCKS = 2;

/**
 * A projector for llama.cpp's `--mmproj` that lets a tiny model see, in LLaVA's architecture: a vision tower of random weights, always the same. What the model says of an image is
 * nonsense; an image still becomes {@link IMAGE_TOKENS} tokens, and another image another answer.
 */
export function tinyProjector(): Uint8Array {
  let seed = 1;
  const random = () => {
    // a linear congruential generator (Numerical Recipes)
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  const tensor = (name: string, shape: readonly number[], value: () => number): GgufTensor => {
    const data = Buffer.alloc(4 * shape.reduce((product, size) => product * size, 1));
    for (let at = 0; at < data.length; at += 4) data.writeFloatLE(value(), at);
    return { name, type: "F32", shape, data };
  };
  const linear = (name: string, from: number, to: number) => [
    tensor(`${name}.weight`, [from, to], random),
    tensor(`${name}.bias`, [to], random),
  ];
  const norm = (name: string) => [
    tensor(`${name}.weight`, [WIDTH], () => 1),
    tensor(`${name}.bias`, [WIDTH], () => 0),
  ];
  const blocks = Array.from({ length: BLOCKS }, (_, i) => `v.blk.${i}`).flatMap((block) => [
    ...["attn_q", "attn_k", "attn_v", "attn_out"].flatMap((part) => linear(`${block}.${part}`, WIDTH, WIDTH)),
    ...["ln1", "ln2"].flatMap((part) => norm(`${block}.${part}`)),
    ...linear(`${block}.ffn_up`, WIDTH, INNER),
    ...linear(`${block}.ffn_down`, INNER, WIDTH),
  ]);
  return writeGguf(
    {
      "general.architecture": { type: "string", value: "clip" },
      "clip.has_vision_encoder": { type: "bool", value: true },
      "clip.projector_type": { type: "string", value: "mlp" },
      "clip.use_gelu": { type: "bool", value: true },
      "clip.vision.image_size": { type: "uint32", value: SIDE },
      "clip.vision.patch_size": { type: "uint32", value: PATCH },
      "clip.vision.embedding_length": { type: "uint32", value: WIDTH },
      "clip.vision.feed_forward_length": { type: "uint32", value: INNER },
      "clip.vision.projection_dim": { type: "uint32", value: WIDTH },
      "clip.vision.attention.head_count": { type: "uint32", value: 2 },
      "clip.vision.attention.layer_norm_epsilon": { type: "float32", value: 1e-5 },
      "clip.vision.block_count": { type: "uint32", value: BLOCKS },
      "clip.vision.image_mean": { type: "float32s", value: [0.5, 0.5, 0.5] },
      "clip.vision.image_std": { type: "float32s", value: [0.5, 0.5, 0.5] },
    },
    [
      tensor("v.class_embd", [WIDTH], random),
      tensor("v.patch_embd.weight", [PATCH, PATCH, 3, WIDTH], random),
      tensor("v.position_embd.weight", [WIDTH, IMAGE_TOKENS + 1], random),
      ...norm("v.pre_ln"),
      ...norm("v.post_ln"),
      ...blocks,
      ...linear("mm.0", WIDTH, WIDTH),
      ...linear("mm.2", WIDTH, WIDTH),
    ],
  );
}
