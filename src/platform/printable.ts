/**
 * Characters with which a text takes over the terminal that shows it, or shows another order than it has:
 *
 * - the control characters of ASCII and Latin-1 (C0, DEL, C1). ESC, and in some terminals U+009B and U+009D alone, begin commands that move the
 *   cursor, rename the window or write the clipboard. A carriage return before a line's end is part of that end.
 * - embeddings, overrides and isolates of the Unicode bidirectional algorithm. Marks (U+200E, U+200F, U+061C) only influence their neighbours.
 */
const UNPRINTABLE =
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text of somebody else's as it can be shown on a terminal: what would control it is written out, as in JSON (`\u001b`), so that JSON stays what
 * it is. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** {@link printable} for what belongs in one line, such as a name: line ends and tabs are written out too. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n\r\u2028\u2029]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
