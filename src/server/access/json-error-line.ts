/** What may come next in a JSON text. `value or ]` and `key or }` stand right behind an opening bracket. */
type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end";

/** What is open where a text has got to, and what may come next. */
interface ParserState {
  /** The brackets that are open, as what closes them. */
  readonly open: ("}" | "]")[];
  expected: Expected;
}

/** What opens and closes, sets apart, or is white space (RFC 8259); all else belongs to strings, numbers and words. */
const STRUCTURAL = new Set("{}[],: \t\r\n");

/**
 * The line, from 1, at which a text stops being JSON; the last one, where only the rest is missing. The engine's own messages
 * can't be shown, as they repeat what they stumbled on, and not all of them say where that was.
 *
 * Each character is looked at once: whoever breaks a long file isn't to keep the server busy.
 *
 * @param text - the characters of something that `JSON.parse` refuses
 */
export function jsonErrorLine(text: Iterable<string>): number {
  const state: ParserState = { open: [], expected: "value" };
  let line = 1;
  /** The string, number or word that has begun; "" between them. */
  let scalar = "";
  let [inString, escaped] = [false, false];

  for (const char of text) {
    if (inString) {
      // none may be in a string, so that nothing needs to be known of what follows
      if (char === "\n") return line;
      scalar += char;
      inString = escaped || char !== '"';
      escaped = !escaped && char === "\\";
    } else if (STRUCTURAL.has(char)) {
      if (scalar !== "" && !acceptScalar(state, scalar)) return line;
      scalar = "";
      if (char.trim() !== "" && !acceptStructural(state, char)) return line;
      if (char === "\n") line += 1;
    } else {
      inString = char === '"';
      scalar += char;
    }
  }
  return line;
}

/** Whether a string, a number or a word may stand there, and is one. */
function acceptScalar(state: ParserState, scalar: string): boolean {
  const isKey = state.expected === "key" || state.expected === "key or }";
  if (isKey ? !scalar.startsWith('"') : !expectsValue(state)) return false;
  state.expected = isKey ? "colon" : "comma or end";
  try {
    JSON.parse(scalar);
    return true;
  } catch {
    return false;
  }
}

/** Whether a bracket, a comma or a colon may stand there. */
function acceptStructural(state: ParserState, char: string): boolean {
  const { open, expected } = state;
  const inside = open.at(-1);
  switch (char) {
    case "{":
    case "[":
      if (!expectsValue(state)) return false;
      open.push(char === "{" ? "}" : "]");
      state.expected = char === "{" ? "key or }" : "value or ]";
      return true;
    case ":":
      state.expected = "value";
      return expected === "colon";
    case ",":
      state.expected = inside === "}" ? "key" : "value";
      return expected === "comma or end" && inside !== undefined;
    default:
      open.pop();
      state.expected = "comma or end";
      return char === inside && (expected === "comma or end" || expected.endsWith(char));
  }
}

function expectsValue({ expected }: ParserState): boolean {
  return expected === "value" || expected === "value or ]";
}
