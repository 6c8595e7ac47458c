import type { LlamaFamily } from "../../bedrock/index.js";
import { familyFacts, type LlamaWeights } from "../catalogue/index.js";
import type { GgufModel } from "../gguf/index.js";

/** Whether a file holds a model of the very family, size and context: the model itself, or one made from it. */
export function hasShapeOf(model: GgufModel, weights: LlamaWeights): boolean {
  return familyMismatch(model, weights.family) === undefined && differences(model, weights).length === 0;
}

/** How a file of the right family differs from the model itself, for a person. */
export function differences(model: GgufModel, { shape, contextSize }: LlamaWeights): string[] {
  const { cache, embedding } = model;
  const pairs = [
    ["layers", cache.layers, shape.layers],
    ["numbers a token", embedding, shape.embedding],
    ["key heads", cache.keyValueHeads, shape.keyValueHeads],
    ["tokens of context", model.contextSize, contextSize],
  ] as const;
  return pairs
    .filter(([, own, real]) => own !== real)
    .map(([what, own, real]) => `${own} ${what}, not ${real}`);
}

/** What a person should know of a file that is served as a model; nothing if all is as it should be. */
export function warnings(model: GgufModel, weights: LlamaWeights): string[] {
  const differing = differences(model, weights);
  const { words } = familyFacts[weights.family];
  return [
    ...(differing.length > 0 ? [`it isn't the model itself: it has ${differing.join(", ")}`] : []),
    ...(words !== undefined && !words.includes(model.words ?? "")
      ? ["it was converted before llama.cpp knew how this family cuts texts into words: tokens will differ"]
      : []),
  ];
}

/** Why a file is of no model of a family; undefined if it is of one. A fine-tuned model of the family is. */
export function familyMismatch(model: GgufModel, family: LlamaFamily): string | undefined {
  const facts = familyFacts[family];
  const { architecture, cache, tokenizer, tokens } = model;
  if (architecture !== facts.architecture) {
    const what =
      architecture === "" ? "no architecture is named in it" : `its architecture is ${architecture}`;
    return `${what}, that of ${facts.name} is ${facts.architecture}`;
  }
  if (cache.vocabulary !== facts.vocabulary) {
    return `its vocabulary has ${cache.vocabulary} tokens, that of ${facts.name} has ${facts.vocabulary}`;
  }
  if (tokenizer !== facts.tokenizer) {
    return `its tokenizer is ${tokenizer ?? "not named"}, that of ${facts.name} is ${facts.tokenizer}`;
  }
  for (const [id, token] of Object.entries(facts.tokens)) {
    const own = tokens.get(Number(id));
    if (own === token) continue;
    return `its vocabulary isn't that of ${facts.name}: token ${id} is ${JSON.stringify(own)}, not ${JSON.stringify(token)}`;
  }
  return undefined;
}
