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
 * @throws {BedrockException} `SerializationException`: the text isn't base64.
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
    throw serializationError();
  }
}
