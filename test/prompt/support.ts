import fc from "fast-check";
import { type Chat, type Message, textMessage } from "../../src/bedrock/index.js";

export const system = (text: string) => textMessage("system", text);
export const user = (text: string) => textMessage("user", text);
export const assistant = (text: string) => textMessage("assistant", text);

/** The markers of all formats. Formats don't escape, so a text that contains one reads as the marker. */
const MARKER = /\[\/?INST\]|<<\/?SYS>>|<\/?s>|<\|[a-z_]+\|>/;

/** Pieces of markers, white space, and characters of one to four bytes. */
const piece = fc.oneof(
  fc.constantFrom("[INST", "[/", "]", "<", "<<SYS>", ">", "s>", "/", "<|eot_id|", "eot_id|>", "<|", "|>"),
  fc.constantFrom(" ", "\n", "\n\n", "\r\n", "\t", "é", "日本", "🦙", "\\n", "{{ x }}"),
  fc.string({ minLength: 1, maxLength: 5 }),
);

const content = fc.string({ unit: piece, maxLength: 12 }).filter((text) => !MARKER.test(text));

/** Any text without a marker, including white space around it. */
export const anyContent = content;

/** Any text without a marker and without white space around it. */
export const trimmedContent = content.map((text) => text.trim());

/**
 * Conversations as models are trained on: an optional system message, then user and assistant by turns. They end with a question
 * or with a prefilled answer.
 */
export function conversations(
  text: fc.Arbitrary<string>,
  prefill: fc.Arbitrary<string>,
  systemText: fc.Arbitrary<string> = text,
): fc.Arbitrary<Message[]> {
  return fc
    .record({
      system: fc.option(systemText),
      exchanges: fc.array(fc.tuple(text, text), { maxLength: 3 }),
      question: text,
      prefill: fc.option(prefill),
    })
    .map((talk) => [
      ...(talk.system === null ? [] : [system(talk.system)]),
      ...talk.exchanges.flatMap(([question, answer]) => [user(question), assistant(answer)]),
      user(talk.question),
      ...(talk.prefill === null ? [] : [assistant(talk.prefill)]),
    ]);
}

/** A conversation without tools. */
export function chat(messages: readonly Message[]): Chat {
  return { messages, tools: [] };
}
