import type { LlamaFamily } from "../../bedrock/index.js";
import { catalogue, familyFacts, type LlamaWeights } from "../catalogue/index.js";
import type { GgufModel } from "../gguf/index.js";
import type { StoredFile } from "./stores.js";

/** Which Bedrock model a file in another program's store is. */
export interface Identity {
  /** The model, if it is certain. */
  readonly weights: LlamaWeights | undefined;
  /** All models that its vocabulary and shape fit: the user may know which it is. */
  readonly candidates: readonly LlamaWeights[];
}

/**
 * Identifies the Bedrock model in a file. The vocabulary, dimensions and context size must be the model's. In addition, the
 * file must come from a repository in the catalogue or from Ollama's library, or both its repository and the name in its
 * metadata must be the model's. The file's own name does not count, because users rename files.
 */
export function identify(model: GgufModel, file: StoredFile): Identity {
  const candidates = catalogue.filter(
    (weights) =>
      familyMismatch(model, weights.family) === undefined && differences(model, weights).length === 0,
  );
  return { weights: candidates.find((weights) => isCertainly(weights, model, file)), candidates };
}

function isCertainly(
  { names, ollama, quantizations }: LlamaWeights,
  model: GgufModel,
  { repository, library }: StoredFile,
): boolean {
  if (library !== undefined) {
    return ollama?.name === library.name && ollama.kind === kindOf(library.tag);
  }
  if (repository === undefined) return false;
  const known = quantizations.some((each) => each.repository.toLowerCase() === repository.toLowerCase());
  if (known) return true;
  return (
    names.includes(normalName(repository)) &&
    model.name !== undefined &&
    names.includes(normalName(model.name))
  );
}

/** The variant in a tag of Ollama's library: `13b-text-q4_0` is a base model, a tag without `text` a chat model. */
function kindOf(tag: string): "chat" | "text" {
  return tag.split("-").includes("text") ? "text" : "chat";
}

/** Additions to a model's name that do not mean another model. */
const PREFIXES = /^(?:meta-llama-(?=llama-)|meta-(?=llama-))/u;
const SUFFIXES = /-(?:gguf|ggml|imat|i1|bpe-fix)$/u;

/**
 * Normalizes a model's name: `Meta Llama 3.1 8B Instruct`, `bartowski/Meta-Llama-3.1-8B-Instruct-GGUF` and
 * `llama-3.1-8b-instruct` are the same.
 */
export function normalName(text: string): string {
  let name = text
    .slice(text.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/[^a-z0-9.]+/gu, "-")
    .replace(PREFIXES, "");
  while (SUFFIXES.test(name)) name = name.replace(SUFFIXES, "");
  return name;
}

/** Why a file holds no model of a family, as the middle of a sentence; undefined if it does. Fine-tuned models belong to it. */
export function familyMismatch(model: GgufModel, family: LlamaFamily): string | undefined {
  const facts = familyFacts[family];
  const { architecture, cache, tokenizer, tokens } = model;
  if (architecture !== facts.architecture) {
    const own = architecture === "" ? "it names no architecture" : `its architecture is ${architecture}`;
    return `${own}, and that of ${facts.name} is ${facts.architecture}`;
  }
  if (cache.vocabulary !== facts.vocabulary) {
    return `its vocabulary has ${cache.vocabulary} tokens, and that of ${facts.name} has ${facts.vocabulary}`;
  }
  if (tokenizer !== facts.tokenizer) {
    const own = tokenizer === undefined ? "it names no tokenizer" : `its tokenizer is ${tokenizer}`;
    return `${own}, and that of ${facts.name} is ${facts.tokenizer}`;
  }
  for (const [id, token] of Object.entries(facts.tokens)) {
    const own = tokens.get(Number(id));
    if (own === token) continue;
    const text = own === undefined ? "missing" : JSON.stringify(own);
    return `its vocabulary is not that of ${facts.name}: token ${id} is ${text}, not ${JSON.stringify(token)}`;
  }
  return undefined;
}

/** What to tell a user who serves a file of the right family as a model. Empty if the file fits the model. */
export function warnings(model: GgufModel, weights: LlamaWeights): string[] {
  const differing = differences(model, weights);
  const { preTokenizers } = familyFacts[weights.family];
  return [
    ...(differing.length > 0 ? [`it differs from the original model (${differing.join(", ")})`] : []),
    ...(preTokenizers !== undefined && !preTokenizers.includes(model.preTokenizer ?? "")
      ? ["it was converted before llama.cpp supported this family's pre-tokenizer: token counts will differ"]
      : []),
  ];
}

/** How the dimensions of a file of the right family differ from the model's. */
function differences(model: GgufModel, { shape, contextSize }: LlamaWeights): string[] {
  const { cache, embedding } = model;
  const pairs = [
    ["layers", cache.layers, shape.layers],
    ["embedding dimensions", embedding, shape.embedding],
    ["key-value heads", cache.keyValueHeads, shape.keyValueHeads],
    ["tokens of context", model.contextSize, contextSize],
  ] as const;
  return pairs
    .filter(([, own, original]) => own !== original)
    .map(([what, own, original]) => `${own} ${what} instead of ${original}`);
}
