import { llama2 } from "./llama-2.js";
import { llama31 } from "./llama-3-1.js";
import { llama3 } from "./llama-3.js";
import { llama4 } from "./llama-4.js";
import type { PromptFormat, PromptFormatName } from "./prompt-format.js";

/** Every prompt format, by the family of models that was trained on it. */
export const promptFormats: Readonly<Record<PromptFormatName, PromptFormat>> = {
  "llama-2": llama2,
  "llama-3": llama3,
  "llama-3-1": llama31,
  "llama-4": llama4,
};
