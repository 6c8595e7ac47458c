import fc from "fast-check";

/** What tokenizers are known to differ on: white space, letter case, digits, marks, scripts, characters of many bytes. */
const PIECES = [
  ..." |  |   |\n|\n\n|\r\n|\t| \n |\u00a0".split("|"),
  ..."a|the| The| llama|LLAMA|internationalization|don't|I'LL|ſ's|'s|'|\"".split("|"),
  ..."0|42| 123|4567|3.14159|1,000,000|½|٣".split("|"),
  ...'...|?!|---|<<SYS>>|[INST]|/INST]|{"a": [1]}|foo_bar()|https://example.com/?q=1'.split("|"),
  ..."é|e\u0301|ß|İ|naïve|Привет|Ελλάδα|שלום|مرحبا|नमस्ते|你好世界|こんにちは|안녕하세요|ไทย".split("|"),
  ..."🦙|👩\u200d👩\u200d👧|🇫🇷|👍🏽|𝒳|\u200b|\ufffd|▁".split("|"),
];

/** Texts that together hold every piece. */
export const variedTexts: readonly string[] = [
  "",
  ...PIECES,
  PIECES.join(""),
  PIECES.join(" "),
  PIECES.join("\n"),
  "  two spaces in front, two behind  ",
  "a    b\n\n\n    c\t\td \n e",
  "tokens ".repeat(200),
];

/** Any texts of such pieces and of the special tokens given. */
export function anyText(specialTokens: readonly string[]): fc.Arbitrary<string> {
  const pieces = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 4 }) },
    { weight: 2, arbitrary: fc.constantFrom(...specialTokens) },
  );
  return fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join(""));
}
