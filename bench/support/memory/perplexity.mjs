/**
 * Perplexity of a model on a text, for one type of KV cache: prints the negative log-likelihood of each token
 * that is scored, as JSON. As llama.cpp's `llama-perplexity` does, the text is cut into windows, and of each window the second half is scored.
 * Started by bench/memory.mjs, in a process of its own.
 *
 *     node perplexity.mjs ADDON MODEL TEXT-FILE TYPE WINDOW WINDOWS
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const [addonFile, modelFile, textFile, type, window, windows] = process.argv.slice(2);
/** ggml's numbers of the types (`enum ggml_type`). */
const GGML_TYPES = { f16: 1, q4_0: 2, q8_0: 8 };
/** Tokens in a batch, as in Cria's engine. */
const BATCH = 128;

const addon = createRequire(import.meta.url)(addonFile);
addon.markLoaded();
addon.setLogger(() => undefined);
addon.loadBackends(dirname(addonFile));
await addon.init();
const model = new addon.AddonModel(modelFile, {
  addonExports: addon,
  gpuLayers: 0,
  useMmap: true,
  checkTensors: false,
  onLoadProgress: () => undefined,
});
if (!(await model.init())) throw new Error("llama.cpp rejects the model.");
const context = new addon.AddonContext(model, {
  sequences: 1,
  contextSize: Number(window),
  batchSize: BATCH,
  flashAttention: "auto",
  threads: Number(process.env.THREADS ?? 2),
  kvCacheKeyType: GGML_TYPES[type],
  kvCacheValueType: GGML_TYPES[type],
});
if (!(await context.init())) throw new Error(`llama.cpp can't create a context with ${type}.`);
const sampler = new addon.AddonSampler(model);
sampler.applyConfig({ temperature: 1, minP: 0, seed: 1 });

const tokens = model.tokenize(readFileSync(textFile, "utf8"), false);
const losses = [];
for (let at = 0, n = 0; at + Number(window) <= tokens.length && n < Number(windows); n += 1) {
  const part = tokens.slice(at, (at += Number(window)));
  context.removeTokenCellsFromSequence(0, 0, -1);
  for (let from = 0; from < part.length; from += BATCH) {
    const batch = part.slice(from, from + BATCH);
    const wanted = [...batch.keys()].filter((i) => from + i >= part.length / 2 && from + i + 1 < part.length);
    context.initBatch(batch.length);
    const logits = context.addToBatch(0, from, batch, Uint32Array.from(wanted));
    await context.decodeBatch();
    for (const [i, logit] of [...logits].entries()) {
      const [, candidates] = await context.sampleToken(logit, sampler, true);
      losses.push(-Math.log(probability(candidates, part[from + wanted[i] + 1])));
    }
  }
}
process.stdout.write(`${JSON.stringify(losses)}\n`);
process.exit();

function probability(candidates, token) {
  for (let i = 0; i < candidates.length; i += 2) if (candidates[i] === token) return candidates[i + 1];
  throw new Error("The chain dropped a token.");
}
