import { decodeBase64 } from "../base64.js";
import { imagesRefused } from "../errors/index.js";
import { readImageHeader } from "../media/index.js";
import type { ImagePart } from "../message.js";

/** More than a conversation's message may have on Converse, in far less memory than a body may take. */
const MAX_IMAGES = 20;

/**
 * Decodes the images of a native request.
 *
 * @param texts - in base64; their formats are told by their first bytes
 * @param most - the most images that the model takes
 * @throws {BedrockException} `ValidationException`: there are too many, or one is no image.
 */
export function readNativeImages(texts: readonly string[], most: number): ImagePart[] {
  if (texts.length === 0) return [];
  if (texts.length > Math.min(most, MAX_IMAGES)) throw imagesRefused();
  return texts.map((text): ImagePart => {
    const bytes = decode(text);
    const header = readImageHeader(bytes);
    if (!header) throw imagesRefused();
    return { type: "image", format: header.format, bytes };
  });
}

function decode(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    throw imagesRefused();
  }
}
