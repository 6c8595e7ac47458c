import { catalogue, type LlamaWeights } from "../catalogue/index.js";
import type { GgufModel } from "../gguf/index.js";
import { hasShapeOf } from "./shape.js";
import type { StoredFile } from "./stored-file.js";

/** Which Bedrock model a file in another program's store is. */
export interface Identity {
  /** What it is for certain. */
  readonly weights: LlamaWeights | undefined;
  /** What it could be as well, going by its vocabulary and shape: a person knows. */
  readonly candidates: readonly LlamaWeights[];
}

/**
 * Tells which Bedrock model a file is. Its vocabulary, layers and context must be the model's; then where it came from
 * decides: a repository of the catalogue, or Ollama's own library; or a repository and its metadata that both have the
 * model's name. The file's own name is not looked at: people give files any.
 */
export function identify(model: GgufModel, file: StoredFile): Identity {
  const candidates = catalogue.filter((weights) => hasShapeOf(model, weights));
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

/** What a tag of Ollama's library says: `13b-text-q4_0` is the base model, the others are made for chats. */
function kindOf(tag: string): "chat" | "text" {
  return tag.split("-").includes("text") ? "text" : "chat";
}

/** What people add around a model's name without meaning another model. */
const PREFIXES = /^(?:meta-llama-(?=llama-)|meta-(?=llama-))/u;
const SUFFIXES = /-(?:gguf|ggml|imat|i1|bpe-fix)$/u;

/**
 * A model's name in one form, whoever wrote it: `Meta Llama 3.1 8B Instruct`, `bartowski/Meta-Llama-3.1-8B-Instruct-GGUF` and
 * `llama-3.1-8b-instruct` are one.
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
