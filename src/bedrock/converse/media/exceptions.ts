import type { BedrockException } from "../../errors/index.js";
import { modelRefusal, refusal } from "../exceptions.js";

// The messages with which Converse refuses images and documents. "Quoted" means: verbatim, from users' reports of Bedrock's answers,
// often about other models than Llama.

/** An image isn't of the declared format, or is broken. Quoted of Llama 3.2 11B; for Llama 4, and for broken images, inferred. */
export function imageFormatMismatch(): BedrockException {
  return modelRefusal("The provided image does not match the specified image format.");
}

/**
 * The model doesn't take the images of a conversation. Quoted of Llama 3.2 90B with two images; of other images inferred. A native
 * request has the words of `imagesRefused`.
 */
export function modelRefusesImages(): BedrockException {
  return modelRefusal("Validation Error");
}

/** More images than a message may have. The limit is documented; the words follow those about documents, so they are inferred. */
export function tooManyImages(limit: number): BedrockException {
  return refusal(
    `You can't include more than ${limit} images in a message. Reduce the number of images and retry your request.`,
  );
}

/** An image has too many bytes. The limit is documented; the words follow those about documents, so they are inferred. */
export function imageTooLarge(): BedrockException {
  return refusal("The maximum image size is 3.75 MB. Reduce the size of your image and retry your request.");
}

/** An image has too many pixels. The limit is documented; the words are inferred. @param limit - in pixels */
export function imageTooWide(limit: number): BedrockException {
  return refusal(
    `The maximum image height and width is ${limit} px. Reduce the size of your image and retry your request.`,
  );
}

/** Quoted, of another model. */
export function citationsUnsupported(): BedrockException {
  return refusal("This model doesn't support citations.");
}

/** Quoted. */
export function documentNameInvalid(): BedrockException {
  return refusal(
    "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. " +
      "The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request.",
  );
}

/** Quoted. */
export function documentNameTwice(): BedrockException {
  return refusal(
    "Messages can't contain duplicate document names. Rename the document and retry your request.",
  );
}

/** Quoted, with the limit 5. */
export function tooManyDocuments(limit: number): BedrockException {
  return refusal(
    `You can't include more than ${limit} documents in a request. Reduce the number of documents and retry your request.`,
  );
}

/** Quoted. */
export function documentTooLarge(): BedrockException {
  return refusal(
    "The maximum document size is 4.5 MB. Reduce the size of your document and retry your request.",
  );
}

/** Quoted. */
export function documentWithoutText(): BedrockException {
  return refusal(
    "A text block must be included when using documents. Add a text block and retry your request.",
  );
}

/** Quoted of text that was declared as PDF; the names of the other types are inferred. */
export function documentTypeMismatch(detected: string, provided: string): BedrockException {
  return refusal(`The detected filetype is ${detected}, but the provided filetype was ${provided}.`);
}

/** Quoted of a PNG. */
export function documentTypeUnsupported(mimeType: string): BedrockException {
  return refusal(
    `Unsupported MIME type: ${mimeType}. Retry your request with a supported file type: xlsx, txt, pdf, csv, md, doc, html, xls, docx`,
  );
}

/** Quoted of Claude, where a path precedes it; for Llama inferred. */
export function pdfInvalid(): BedrockException {
  return modelRefusal("The PDF specified was not valid.");
}

/** Quoted of Claude, where a path precedes it; for Llama inferred. */
export function pdfLocked(): BedrockException {
  return modelRefusal("The PDF specified is password protected.");
}

/** The document is of a type that Bedrock reads and Cria doesn't. Bedrock has no such case. */
export function documentTypeUnread(name: string): BedrockException {
  return refusal(`Cria doesn't read the format of the document ${name}: send pdf, txt, md, csv or html.`);
}

/** Reading the document takes more time or memory than Cria allows. Bedrock has no such case. */
export function documentUnreadable(name: string): BedrockException {
  return refusal(
    `Reading the document ${name} takes too long or too much memory: send its text, or less of it.`,
  );
}
