import { contentOf, type DocumentPart, type ImagePart, type Message } from "../../message.js";
import type { LlamaModel } from "../../model-ids/index.js";
import { fieldUnsupported } from "../exceptions.js";
import { checkDocument } from "./document-block.js";
import { checkImage } from "./image-block.js";
import {
  documentNameTwice,
  documentWithoutText,
  tooManyDocuments,
  tooManyImages,
  modelRefusesImages,
} from "./exceptions.js";

/** The most images of a message (API reference, `Message`). */
const MAX_IMAGES_OF_MESSAGE = 20;

/** The most documents of a request (user guide, API restrictions; quoted). */
const MAX_DOCUMENTS = 5;

/**
 * Checks the images and documents of a conversation against Converse's rules, then against what the model takes. The order of the rules
 * is inferred.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkMedia(messages: readonly Message[], { maxImages }: Pick<LlamaModel, "maxImages">): void {
  for (const message of messages) checkTurn(message);
  const parts = messages.flatMap(contentOf);
  checkDocuments(parts.filter((part) => part.type === "document"));
  const images = parts.filter((part) => part.type === "image");
  for (const image of images) checkImage(image);
  if (images.length > maxImages) throw modelRefusesImages();
}

/** Every image of the messages, in their order, those in the results of tools included. */
export function imagesOf(messages: readonly Message[]): ImagePart[] {
  return messages.flatMap(contentOf).filter((part) => part.type === "image");
}

function checkTurn(message: Message): void {
  const { role, parts } = message;
  if (role === "assistant") {
    const wrong = parts.find((part) => part.type === "image" || part.type === "document");
    if (wrong) throw fieldUnsupported(wrong.type, role);
  }
  if (contentOf(message).filter(({ type }) => type === "image").length > MAX_IMAGES_OF_MESSAGE) {
    throw tooManyImages(MAX_IMAGES_OF_MESSAGE);
  }
  // a document in the result of a tool needs no text beside it (recorded)
  if (parts.some(({ type }) => type === "document") && !parts.some(({ type }) => type === "text")) {
    throw documentWithoutText();
  }
}

function checkDocuments(documents: readonly DocumentPart[]): void {
  for (const document of documents) checkDocument(document);
  if (documents.length > MAX_DOCUMENTS) throw tooManyDocuments(MAX_DOCUMENTS);
  if (new Set(documents.map(({ name }) => name)).size < documents.length) throw documentNameTwice();
}
