import { checkShape, type Shape, TEXT } from "../../api-shape.js";
import { decodeBase64 } from "../../base64.js";
import { readImageHeader } from "../../media/index.js";
import { IMAGE_FORMATS, type ImagePart } from "../../message.js";
import type { JsonObject } from "../../parse-json.js";
import type { RequestReader } from "../../request-reader.js";
import { mediaSource } from "../block-shapes.js";
import { fieldUnsupported, unionMisused } from "../exceptions.js";
import { onlyMember, setMembers } from "../union.js";
import { type UnsupportedBlock, unsupportedBlock } from "../unsupported-block.js";
import { imageFormatMismatch, imageTooLarge, imageTooWide } from "./exceptions.js";

/** The most bytes of an image: 3.75 MB (API reference, `Message`). That these are MiB is inferred: their base64 is 5 MiB long. */
const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;

/** The greatest height and width of an image, in pixels (API reference, `Message`). */
const MAX_IMAGE_SIDE = 8000;

/** `ImageBlock` (API model). */
const IMAGE: Shape = {
  type: "structure",
  members: {
    format: { type: "string", values: IMAGE_FORMATS },
    source: { ...mediaSource, sensitive: true },
    error: { type: "structure", members: { message: TEXT }, sensitive: true },
  },
  required: ["format", "source"],
};

const SOURCE = { shape: "ImageSource", members: ["bytes", "s3Location"] } as const;

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
  checkShape(reader, block, "image", IMAGE, path);
  const image = reader.object(block, "image") ?? {};
  const source = reader.object(image, "source") ?? {};
  const member = onlyMember(SOURCE, setMembers(source, SOURCE));
  // the API has it for images that a model makes
  if (reader.object(image, "error")) return unsupportedBlock("image", () => fieldUnsupported("error"));
  if (typeof member !== "string")
    return unsupportedBlock("image", (at) => unionMisused(member, `${at}.image.source`));
  // Amazon's own models alone read from S3 (user guide)
  if (member === "s3Location") return unsupportedBlock("image", () => fieldUnsupported("s3Location"));
  const format = IMAGE_FORMATS.find((name) => name === image["format"]);
  // a violation says so
  if (format === undefined) return unsupportedBlock("image");
  return { type: "image", format, bytes: decodeBase64(reader.string(source, "bytes") ?? "") };
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
