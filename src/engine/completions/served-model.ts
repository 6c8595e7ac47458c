import { basename } from "node:path";

import type { GenerateRequest } from "../engine.js";
import type { PromptText, ServedModel } from "./dialect.js";

/** llama-server calls a model by the path of its file, vLLM by that of its folder. Where that is, is nobody else's business; `owner/name` is no path. */
export function displayName(name: string): string {
  const path = name.replaceAll("\\", "/");
  return path.endsWith(".gguf") || /^(?:[/.~]|[a-z]:\/)/iu.test(path) ? basename(path, ".gguf") : name;
}

/** What Llama's vocabularies begin a sequence with. */
const BOS_TOKENS = ["<s>", "<|begin_of_text|>"];

/** A prompt for a model. By the model's own rule, the token is put in front unless the prompt begins with it: servers double it. */
export function textOf(
  prompt: string,
  { bosToken }: ServedModel,
  { bos = "model" }: Pick<GenerateRequest, "bos">,
): PromptText {
  const own = bosToken === undefined ? BOS_TOKENS : [bosToken];
  const begins = own.some((token) => token !== "" && prompt.startsWith(token));
  return { text: prompt, addBos: bos === "always" || (bos === "model" && !begins) };
}
