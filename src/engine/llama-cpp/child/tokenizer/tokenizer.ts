import { answerJobs } from "../../../../platform/index.js";
import { TOKENIZER_STACK_MIB, type TokenizeJob, type Tokenized } from "../../protocol.js";
import { requireAddon } from "../backends.js";
import { tokenizePrompt, Vocabulary } from "../vocabulary.js";

/*
 * The tokenizer's process: a model's vocabulary alone, for texts that would hold up the engine's process, or end it.
 */

let vocabulary: Promise<Vocabulary> | undefined;

async function load({ addonFile, modelFile }: TokenizeJob): Promise<Vocabulary> {
  const addon = requireAddon(addonFile);
  addon.markLoaded();
  addon.setLogger(() => undefined);
  // no backend is loaded: a vocabulary needs none, and a GPU's takes seconds
  await addon.init();
  const model = new addon.AddonModel(modelFile, {
    addonExports: addon,
    vocabOnly: true,
    gpuLayers: 0,
    useMmap: true,
    checkTensors: false,
    onLoadProgress: () => undefined,
  });
  if (!(await model.init())) throw new Error(`llama.cpp can't load the vocabulary of ${modelFile}`);
  return new Vocabulary(model);
}

async function tokenize(job: TokenizeJob): Promise<Tokenized> {
  let loaded;
  try {
    loaded = await (vocabulary ??= load(job));
  } catch (error) {
    vocabulary = undefined;
    return { failed: error instanceof Error ? error.message : String(error) };
  }
  const tokens = tokenizePrompt(loaded, job.text, job.bos);
  const count = tokens.length;
  return count <= job.maxTokens ? { count, tokens: Uint32Array.from(tokens) } : { count };
}

answerJobs(import.meta.url, () => Promise.resolve(tokenize), TOKENIZER_STACK_MIB);
