const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The length of the part after `tooluse_` (recorded). */
const LENGTH = 22;

/** The bytes below are multiples of the number of characters, so that each character is equally likely. */
const FAIR_BYTES = 256 - (256 % LETTERS_AND_DIGITS.length);

/** A new id for a call of a tool, in the form of 2026: `tooluse_` and 22 random letters and digits (recorded). */
export function newToolUseId(): string {
  let id = "tooluse_";
  const { length } = id;
  while (id.length < length + LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < FAIR_BYTES) id += LETTERS_AND_DIGITS.charAt(byte % LETTERS_AND_DIGITS.length);
  }
  return id;
}
