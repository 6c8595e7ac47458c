import { headerFormat, type HeaderMarkers } from "./header-format.js";
import type { PromptFormat } from "./prompt-format.js";

/** The markers of Llama 3, 3.1, 3.2 and 3.3. */
export const LLAMA_3_MARKERS: HeaderMarkers = {
  startHeader: "<|start_header_id|>",
  endHeader: "<|end_header_id|>",
  endOfTurn: "<|eot_id|>",
  // the second ends a tool call, the third a text of base models
  turnEnd: /<\|(?:eot_id|eom_id|end_of_text)\|>/g,
};

/**
 * Llama 3:
 *
 *     <|begin_of_text|><|start_header_id|>user<|end_header_id|>
 *
 *     question<|eot_id|><|start_header_id|>assistant<|end_header_id|>
 *
 * and a blank line, after which the model writes (https://github.com/meta-llama/llama-models, `prompt_format.md` of each
 * model).
 */
export const llama3: PromptFormat = headerFormat("llama-3", LLAMA_3_MARKERS);
