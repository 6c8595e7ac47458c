import type { LlamaFamily } from "../../bedrock/index.js";
import { familyFacts } from "../catalogue/families.js";
import type { GgufModel } from "../gguf/describe-gguf.js";

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
