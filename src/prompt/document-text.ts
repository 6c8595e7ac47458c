import type { DocumentPart } from "../bedrock/index.js";
import { PartNotRenderableError } from "./errors.js";

/**
 * Documents that follow one another, in the form that Anthropic publishes for prompts with documents. It is inferred: of some twenty
 * natural forms it is the one that gives the 36 tokens of the only recorded document (in a tool's result, for Llama 4, as it is, and
 * not as a JSON string).
 *
 * Nothing is escaped: Bedrock's way is unknown.
 *
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function documentsText(documents: readonly DocumentPart[]): string {
  return `<documents>\n${documents.map((document, i) => documentText(document, i + 1)).join("\n")}\n</documents>`;
}

function documentText({ name, text }: DocumentPart, index: number): string {
  if (text === undefined) throw new PartNotRenderableError("document");
  return `<document index="${index}">\n<source>${name}</source>\n<document_content>\n${text}\n</document_content>\n</document>`;
}
