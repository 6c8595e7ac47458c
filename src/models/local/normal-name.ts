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
