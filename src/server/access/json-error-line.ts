/**
 * The line, from 1, at which a text stops being JSON. The engine's own messages can't be shown, as they repeat what they stumbled
 * on, and not all of them say where that was.
 *
 * @param text - something that `JSON.parse` refuses
 */
export function jsonErrorLine(text: string): number {
  const lines = text.split("\n");
  const at = lines.findIndex((_, i) => isBroken(lines.slice(0, i + 1).join("\n")));
  return at < 0 ? lines.length : at + 1;
}

/** Whether no continuation could make this JSON. */
function isBroken(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /at position (\d+)/u.exec(message)?.[1];
    // a complaint about the very end would be settled by more text
    const atEnd = position !== undefined && Number(position) >= beginning.trimEnd().length;
    return !atEnd && !message.includes("end of JSON input");
  }
}
