import { list, member, text as string } from "./json.js";

/** The most of a server's words that is logged, in characters: a sentence or two. */
const MAX_WORDS = 300;

/** The length of the parts of a server's words that are looked for in what it was sent: longer than any parameter's name. */
const PART = 24;

/** How far apart these parts begin. What is quoted is found if it is longer than both together. */
const STEP = 12;

/** Prompts that are looked for as a whole: shorter ones stand in any text. */
const LEAST_PROMPT = 4;

/**
 * A server's words as they may stand in the log, which never holds a key or a prompt: on one line, the first few hundred characters, the key hidden. Some
 * servers quote the request that they refuse; such words are left out.
 *
 * @param key - the key that the server was sent
 * @param sent - the body that it was sent, before it became JSON
 */
export function quotable(
  words: string,
  { key = "", sent }: { readonly key?: string | undefined; readonly sent?: unknown },
): string {
  const line = words.replaceAll(/\s+/gu, " ").trim();
  const text = (key === "" ? line : line.replaceAll(key, "[its key]")).slice(0, MAX_WORDS);
  return quotes(text, sent) ? "(its words quote the request)" : text;
}

function quotes(text: string, sent: unknown): boolean {
  const whole = (prompt: string) => prompt.length >= LEAST_PROMPT && text.includes(prompt);
  if (textsOf(sent).some(whole)) return true;
  const json = sent === undefined ? "" : JSON.stringify(sent);
  for (let at = 0; at + PART <= text.length; at += STEP) {
    if (json.includes(text.slice(at, at + PART))) return true;
  }
  return false;
}

/** The texts of a prompt, or of the messages of a chat. */
function textsOf(sent: unknown): readonly string[] {
  const messages = list(member(sent, "messages")).flatMap((message) => {
    const content = member(message, "content");
    return [content, ...list(content).map((part) => member(part, "text"))];
  });
  return [member(sent, "prompt"), member(sent, "content"), ...messages].flatMap((each) => string(each) ?? []);
}
