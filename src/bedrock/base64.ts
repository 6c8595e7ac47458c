import { serializationError } from "./errors/index.js";

const utf8 = new TextEncoder();

/** Anything beyond ASCII, where UTF-16 and UTF-8 part. */
const NOT_ASCII = /[^\0-\x7f]/u;

/**
 * A text's UTF-8 in standard base64. Nearly every chunk is ASCII and goes straight to `btoa`: 0.07 µs for 100 characters,
 * where `Buffer` takes 0.2 µs.
 */
export function encodeBase64(text: string): string {
  if (!NOT_ASCII.test(text)) return btoa(text);
  let binary = "";
  for (const byte of utf8.encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * The bytes of standard base64. A loop, since `Uint8Array.from` takes 1.7 s for the 18 MB that a body may hold (measured).
 *
 * @throws {BedrockException} `SerializationException`: it's none.
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
