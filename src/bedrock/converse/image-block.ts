import { decodeBase64 } from "../base64.js";
import { readImageHeader } from "../media/index.js";
import { IMAGE_FORMATS, type ImagePart } from "../message.js";
import type { JsonObject } from "../parse-json.js";
import type { RequestReader } from "../request-reader.js";
import { unionMisused } from "./exceptions.js";
import { imageFormatMismatch, imageTooLarge, imageTooWide, memberUnsupported } from "./media-exceptions.js";
import { onlyMember, setMembers } from "./union.js";
import { readBytes, readS3Location } from "./source.js";
import type { UnsupportedBlock } from "./unsupported-block.js";

const IMAGE_SOURCE = { shape: "ImageSource", members: ["bytes", "s3Location"] } as const;

/** The most bytes of an image: 3.75 MB (API reference, `Message`). That these are MiB is inferred: their base64 is 5 MiB long. */
const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;

/** The greatest height and width of an image, in pixels (API reference, `Message`). */
const MAX_IMAGE_SIDE = 8000;

/**
 * Reads an `ImageBlock`.
 *
 * @param block - the union whose member `image` is set
 * @param path - the image's path, as violations name it
 */
export function readImage(
  reader: RequestReader,
  block: JsonObject,
  path: string,
): ImagePart | UnsupportedBlock {
  const image = reader.object(block, "image") ?? {};
  reader.required(image, "format", `${path}.format`);
  const format = reader.choice(image, "format", `${path}.format`, IMAGE_FORMATS);
  reader.required(image, "source", `${path}.source`);
  const source = reader.object(image, "source") ?? {};
  const bytes = readBytes(reader, source, `${path}.source.bytes`);
  const s3 = readS3Location(reader, source, `${path}.source.s3Location`);
  // the API has it for images that a model makes
  const error = reader.object(image, "error");
  if (error) reader.string(error, "message");
  const unsupported = (refuse: UnsupportedBlock["refuse"]): UnsupportedBlock => ({
    type: "unsupported",
    member: "image",
    refuse,
  });
  if (error) return unsupported(() => memberUnsupported("error"));
  const set = onlyMember(IMAGE_SOURCE, setMembers(source, IMAGE_SOURCE));
  if (typeof set === "object") return unsupported((at) => unionMisused(set, `${at}.image.source`));
  if (s3) return unsupported(() => memberUnsupported("s3Location"));
  // a violation says so
  if (format === undefined || bytes === undefined) return unsupported(undefined);
  return { type: "image", format, bytes: decodeBase64(bytes) };
}

/**
 * Refuses an image that Converse or the model doesn't take.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkImage({ format, bytes }: ImagePart): void {
  if (bytes.length > MAX_IMAGE_BYTES) throw imageTooLarge();
  const header = readImageHeader(bytes);
  if (header?.format !== format) throw imageFormatMismatch();
  if (Math.max(header.width, header.height) > MAX_IMAGE_SIDE) throw imageTooWide(MAX_IMAGE_SIDE);
}
