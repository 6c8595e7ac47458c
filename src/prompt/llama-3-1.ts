import { textMessage } from "../bedrock/index.js";
import { llama3 } from "./llama-3.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

/**
 * The beginning of the system turn, which is there even without system text. The dates are fixed in Meta's chat template, and
 * Bedrock uses them: the token counts of recorded Converse responses come out only with them.
 */
export const DATE_PREAMBLE = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n";

/**
 * Llama 3.1, 3.2 and 3.3: Llama 3's format with a system turn that is always there and begins with two dates.
 *
 * `parse` removes the preamble. It returns undefined for a prompt without it or with other dates, which is a Llama 3 prompt with
 * that system text. An empty system message reads as none.
 */
export const llama31: PromptFormat = {
  name: "llama-3-1",

  render(messages) {
    const [first, ...others] = messages;
    return first?.role === "system"
      ? llama3.render([textMessage("system", `${DATE_PREAMBLE}${textOf(first)}`), ...others])
      : llama3.render([textMessage("system", DATE_PREAMBLE), ...messages]);
  },

  parse(prompt) {
    // `readPrompt` would parse each Llama 3 prompt twice otherwise
    if (!prompt.includes(DATE_PREAMBLE)) return undefined;
    const [first, ...others] = llama3.parse(prompt) ?? [];
    const system = first?.role === "system" ? textOf(first) : "";
    if (!system.startsWith(DATE_PREAMBLE)) return undefined;
    const text = system.slice(DATE_PREAMBLE.length);
    return text === "" ? others : [textMessage("system", text), ...others];
  },
};
