import { textMessage } from "../bedrock/index.js";
import { llama3 } from "./llama-3.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

/**
 * What stands in front of every system text, and alone where there is none. The dates are the fixed ones of Meta's chat
 * template, and Bedrock sends them as they are: the token counts of its Converse answers come out only with them.
 */
const PREAMBLE = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n";

/**
 * Llama 3.1, 3.2 and 3.3: Llama 3's format with a system turn that is always there and begins with two dates.
 *
 * `parse` takes the preamble off, and is undefined for a prompt without it, or with other dates: that is a Llama 3 prompt
 * whose system text says so. An empty system message can't be told from none.
 */
export const llama31: PromptFormat = {
  name: "llama-3-1",

  render(messages) {
    const [first, ...others] = messages;
    return first?.role === "system"
      ? llama3.render([textMessage("system", `${PREAMBLE}${textOf(first)}`), ...others])
      : llama3.render([textMessage("system", PREAMBLE), ...messages]);
  },

  parse(prompt) {
    // saves a Llama 3 prompt from being parsed twice
    if (!prompt.includes(PREAMBLE)) return undefined;
    const [first, ...others] = llama3.parse(prompt) ?? [];
    const system = first?.role === "system" ? textOf(first) : "";
    if (!system.startsWith(PREAMBLE)) return undefined;
    const text = system.slice(PREAMBLE.length);
    return text === "" ? others : [textMessage("system", text), ...others];
  },
};
