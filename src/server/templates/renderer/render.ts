import { ChatTemplateError, renderChatTemplate } from "../../../prompt/index.js";
import { MAX_PROMPT_LENGTH, type Rendered, type RenderJob } from "../protocol.js";

/** Renders a conversation. A throw other than the template's own refusal is a mistake in the program. */
export function render({ template, chat, tokens }: RenderJob): Rendered {
  try {
    const prompt = renderChatTemplate(template, chat, tokens);
    if (prompt.length <= MAX_PROMPT_LENGTH) return { prompt };
    return { refused: `it writes more than ${MAX_PROMPT_LENGTH.toLocaleString("en")} characters` };
  } catch (error) {
    if (error instanceof ChatTemplateError) return { refused: error.reason };
    throw error;
  }
}
