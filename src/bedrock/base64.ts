import { serializationError } from "./errors/index.js";

const utf8 = new TextEncoder();

/** Any character beyond ASCII, where UTF-8 takes more than one byte. */
const NOT_ASCII = /[^\0-\x7f]/u;

/**
 * Encodes a text as UTF-8 in standard base64. Nearly every chunk is ASCII and goes straight to `btoa`: 0.07 µs for 100
 * characters, where `Buffer` takes 0.2 µs (measured).
 */
export function encodeBase64(text: string): string {
  if (!NOT_ASCII.test(text)) return btoa(text);
  let binary = "";
  for (const byte of utf8.encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Decodes standard base64. It uses a loop because `Uint8Array.from` takes 1.7 s for the 18 MB that a body can hold (measured).
 *
 * @throws {BedrockException} `SerializationException`: the text isn't base64; its message says why.
 */
export function decodeBase64(text: string): Uint8Array {
  const binary = readBase64(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function readBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    throw serializationError(fault(text));
  }
}

/** What isn't base64 about a text. The words are DynamoDB's, which is built on the same framework, so for Bedrock they are inferred. */
function fault(text: string): string {
  const [stranger] = /[^A-Za-z0-9+/=]/u.exec(text) ?? [];
  if (stranger !== undefined) return `Invalid Base64 character: '${stranger}'`;
  if (text.length % 4 !== 0)
    return `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`;
  // DynamoDB's spelling
  return "Invalid last non-pad Base64 character dectected";
}
