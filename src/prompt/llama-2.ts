import { type Message, textMessage } from "../bedrock/index.js";
import { MessageOrderError } from "./errors.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

const NAME = "llama-2";

const OPEN = "[INST]";
const CLOSE = "[/INST]";
const OPEN_SYSTEM = "<<SYS>>";
const CLOSE_SYSTEM = "<</SYS>>";
const START_SEQUENCE = "<s>";
const END_SEQUENCE = "</s>";

/** The end of an answer and the start of the next question. Either may be missing. */
const SEQUENCE_END = /(?:<\/s>\s*(?:<s>\s*)?|<s>\s*)$/;

const RULE =
  "The format allows one system message at the start, then user and assistant messages by turns, starting with the user.";

/**
 * Llama 2 Chat:
 *
 *     [INST] <<SYS>>
 *     system
 *     <</SYS>>
 *
 *     question [/INST] answer </s><s>[INST] question [/INST]
 *
 * as written by Meta's `chat_completion` (https://github.com/meta-llama/llama, `llama/generation.py`), where `<s>` and `</s>`
 * are tokens. `render` leaves out the first `<s>`, because Bedrock and every engine add it, and a written one would be a second
 * one. `parse` accepts prompts with and without it.
 *
 * User and assistant alternate. Texts are trimmed, as Meta does. A prefilled answer keeps the white space at its end, where the
 * model continues; one of only white space reads as none.
 */
export const llama2: PromptFormat = {
  name: NAME,

  /** @throws {MessageOrderError} the messages aren't in the format's order. */
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
    if (exchanges.length === 0) return readWithoutMarkers(prompt);
    const messages: Message[] = [];

    // the format has no text before the first marker, but people put instructions there
    const { system = "", user } = splitSystem(withoutSequenceMarkers(lead));
    const instructions = `${system}\n\n${user}`.trim();
    if (instructions !== "") messages.push(textMessage("system", instructions));

    for (const [index, exchange] of exchanges.entries()) {
      for (const message of readExchange(exchange, index === exchanges.length - 1)) messages.push(message);
    }
    return messages;
  },
};

/**
 * Reads the text from one `[INST]` to the next: a question and its answer. Some programs leave out `[INST]` after an answer, or
 * both markers: what follows `</s>` is the next question, in which an answer to it can't be told apart.
 *
 * @param last - whether no `[INST]` follows
 */
function readExchange(exchange: string, last: boolean): readonly Message[] {
  const messages: Message[] = [];
  const close = exchange.indexOf(CLOSE);
  const { system, user } = splitSystem(close < 0 ? exchange : exchange.slice(0, close));
  if (system !== undefined) messages.push(textMessage("system", system));
  // some programs close the marker after the system text, and open it again for the question
  const onlySystem =
    system !== undefined && user === "" && close >= 0 && exchange.slice(close + CLOSE.length).trim() === "";
  if (last || !onlySystem) messages.push(textMessage("user", user));

  for (let from = close; from >= 0;) {
    const start = from + CLOSE.length;
    const end = exchange.indexOf(END_SEQUENCE, start);
    from = end < 0 ? -1 : exchange.indexOf(CLOSE, end);
    const question = end < 0 ? "" : sequencesText(exchange.slice(end, from < 0 ? undefined : from));

    const rest = exchange.slice(start, end < 0 ? undefined : end);
    const answer = withoutSequenceMarkers(rest);
    const ended = end >= 0 || SEQUENCE_END.test(rest);
    const isPrefill = last && !ended;
    const isFinal = last && question === "";
    if (answer !== "" || (ended && !isFinal)) {
      messages.push(textMessage("assistant", isPrefill ? rest.trimStart() : answer));
    }
    if (question !== "") messages.push(textMessage("user", question));
  }
  return messages;
}

/** Reads sequences that have no other markers; undefined if the text isn't two of them or more. */
function readWithoutMarkers(prompt: string): Message[] | undefined {
  if (!prompt.trimStart().startsWith(START_SEQUENCE)) return undefined;
  const sequences = prompt.split(END_SEQUENCE);
  const [, second] = sequences;
  if (second?.trimStart().startsWith(START_SEQUENCE) !== true) return undefined;
  return [textMessage("user", sequencesText(prompt))];
}

/** The texts of sequences, each on a line of its own. */
function sequencesText(text: string): string {
  return text
    .split(END_SEQUENCE)
    .map(withoutSequenceMarkers)
    .filter((sequence) => sequence !== "")
    .join("\n");
}

/** Splits a question into its system text and the rest, both trimmed. */
function splitSystem(text: string): { system: string | undefined; user: string } {
  const open = text.indexOf(OPEN_SYSTEM);
  const close = text.indexOf(CLOSE_SYSTEM, open);
  if (open < 0 || close < 0) return { system: undefined, user: text.trim() };
  const user = `${text.slice(0, open)}${text.slice(close + CLOSE_SYSTEM.length)}`;
  return { system: text.slice(open + OPEN_SYSTEM.length, close).trim(), user: user.trim() };
}

/** Removes the `<s>` and `</s>` around an exchange, and white space. */
function withoutSequenceMarkers(text: string): string {
  return text
    .replace(/^\s*(?:<s>\s*)+/, "")
    .replace(SEQUENCE_END, "")
    .trim();
}
