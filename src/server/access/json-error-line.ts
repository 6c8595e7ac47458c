/** What may come next in a JSON text. `value or ]` and `key or }` follow an opening bracket. */
type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma or end";

/** The state after part of a text. */
interface ParserState {
  /** The closing brackets of the brackets that are open. */
  readonly open: ("}" | "]")[];
  expected: Expected;
}

/** Structural characters and white space (RFC 8259); all others belong to strings, numbers and literals. */
const STRUCTURAL = new Set("{}[],: \t\r\n");

/**
 * Finds the line, from 1, where a text stops being valid JSON: the last line if the text is merely incomplete. The messages of
 * `JSON.parse` can't be shown: they repeat parts of the text, which holds secrets, and not all of them tell a position.
 *
 * Linear: it reads each character once, so that a long broken file doesn't block the server.
 *
 * @param text - the characters of a text that `JSON.parse` refuses
 */
export function jsonErrorLine(text: Iterable<string>): number {
  const state: ParserState = { open: [], expected: "value" };
  let line = 1;
  /** The string, number or literal being read; "" between them. */
  let scalar = "";
  let [inString, escaped] = [false, false];

  for (const char of text) {
    if (inString) {
      // a string can't contain a line break, so what follows doesn't matter
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

/** Takes a string, number or literal. @returns false if it is invalid, or not allowed here */
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

/** Takes a bracket, comma or colon. @returns false if it isn't allowed here */
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
