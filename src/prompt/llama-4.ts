import { headerFormat, type HeaderMarkers } from "./header-format.js";
import type { PromptFormat } from "./prompt-format.js";

export const LLAMA_4_MARKERS: HeaderMarkers = {
  startHeader: "<|header_start|>",
  endHeader: "<|header_end|>",
  endOfTurn: "<|eot|>",
  // the second ends a tool call, the third a text of base models
  turnEnd: /<\|(?:eot|eom|end_of_text)\|>/g,
};

/**
 * Llama 4: Llama 3's format with shorter markers,
 *
 *     <|begin_of_text|><|header_start|>user<|header_end|>
 *
 *     question<|eot|><|header_start|>assistant<|header_end|>
 *
 * and a blank line, after which the model writes (https://github.com/meta-llama/llama-models,
 * `models/llama4/prompt_format.md`).
 */
export const llama4: PromptFormat = headerFormat("llama-4", LLAMA_4_MARKERS);
