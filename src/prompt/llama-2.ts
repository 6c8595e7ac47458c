import { type Message, textMessage } from "../bedrock/index.js";
import { MessageOrderError } from "./errors.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

const NAME = "llama-2";

const OPEN = "[INST]";
const CLOSE = "[/INST]";
const OPEN_SYSTEM = "<<SYS>>";
const CLOSE_SYSTEM = "<</SYS>>";

/** What stands between an answer and the next question; people leave out either half. */
const SEQUENCE_END = /(?:<\/s>\s*(?:<s>\s*)?|<s>\s*)$/;

const RULE =
  "It takes one system message at most, at the start; then user and assistant by turns, the user first.";

/**
 * Llama 2 Chat:
 *
 *     [INST] <<SYS>>
 *     system
 *     <</SYS>>
 *
 *     question [/INST] answer </s><s>[INST] question [/INST]
 *
 * as Meta's `chat_completion` writes it (https://github.com/meta-llama/llama, `llama/generation.py`). `<s>` and `</s>`
 * are tokens there. The first `<s>` is left out here: Bedrock and every engine put it in front themselves, and one that is
 * written out would be there twice. `parse` takes prompts with it and without.
 *
 * The format wants user and assistant by turns, and can't carry white space around a content: Meta trims it too. A begun
 * answer keeps the white space at its end, where the model goes on; one of nothing but white space can't be told from none.
 */
export const llama2: PromptFormat = {
  name: NAME,

  /** @throws {MessageOrderError} the messages are not in the order above. */
  render(messages) {
    const system = messages[0]?.role === "system" ? messages[0] : undefined;
    const skipped = system ? 1 : 0;
    const turns = messages.slice(skipped);
    if (turns.length === 0) throw new MessageOrderError(NAME, skipped, RULE);

    return turns
      .map((message, index) => {
        const { role } = message;
        if (role !== (index % 2 === 0 ? "user" : "assistant")) {
          throw new MessageOrderError(NAME, index + skipped, RULE);
        }
        const text = textOf(message);
        if (role === "user") {
          const preamble =
            index === 0 && system ? `${OPEN_SYSTEM}\n${textOf(system).trim()}\n${CLOSE_SYSTEM}\n\n` : "";
          return `${OPEN} ${preamble}${text.trim()} ${CLOSE}`;
        }
        return index === turns.length - 1 ? ` ${text.trimStart()}` : ` ${text.trim()} </s><s>`;
      })
      .join("");
  },

  parse(prompt) {
    const [lead = "", ...exchanges] = prompt.split(OPEN);
    if (exchanges.length === 0) return undefined;
    const messages: Message[] = [];

    // text in front of the first marker is not of the format, but people put instructions there
    const { system = "", user } = splitSystem(withoutSequenceMarkers(lead));
    const instructions = `${system}\n\n${user}`.trim();
    if (instructions !== "") messages.push(textMessage("system", instructions));

    for (const [index, exchange] of exchanges.entries()) {
      const close = exchange.indexOf(CLOSE);
      const question = splitSystem(close < 0 ? exchange : exchange.slice(0, close));
      if (question.system !== undefined) messages.push(textMessage("system", question.system));
      messages.push(textMessage("user", question.user));
      if (close < 0) continue;

      const rest = exchange.slice(close + CLOSE.length);
      const answer = withoutSequenceMarkers(rest);
      const ended = SEQUENCE_END.test(rest);
      const last = index === exchanges.length - 1;
      if (answer === "" && (last || !ended)) continue;
      messages.push(textMessage("assistant", last && !ended ? rest.trimStart() : answer));
    }
    return messages;
  },
};

/** Takes the system text out of a question. Both come back trimmed. */
function splitSystem(text: string): { system: string | undefined; user: string } {
  const open = text.indexOf(OPEN_SYSTEM);
  const close = text.indexOf(CLOSE_SYSTEM, open);
  if (open < 0 || close < 0) return { system: undefined, user: text.trim() };
  const user = `${text.slice(0, open)}${text.slice(close + CLOSE_SYSTEM.length)}`;
  return { system: text.slice(open + OPEN_SYSTEM.length, close).trim(), user: user.trim() };
}

/** Takes off the `<s>` and `</s>` that stand around an exchange, and white space. */
function withoutSequenceMarkers(text: string): string {
  return text
    .replace(/^\s*(?:<s>\s*)+/, "")
    .replace(SEQUENCE_END, "")
    .trim();
}
