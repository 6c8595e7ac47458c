import {
  type Chat,
  contentOf,
  type DocumentPart,
  documentTypeUnread,
  documentUnreadable,
  fileType,
  type Message,
  type Part,
  pdfInvalid,
  pdfLocked,
  type ToolResultContent,
} from "../../bedrock/index.js";
import { AdmissionQueue } from "../../engine/index.js";
import { readPdf } from "./read-pdf.js";

/** How many PDFs are read at once. Each takes a core and a few hundred MiB; the model needs the other cores. */
const READERS = 2;

/** How many requests may wait for a reader; each holds its body. */
const QUEUE_LENGTH = 32;

/** How long a request may wait for a reader. With the time for reading it stays below the 30 s after which the SDK for Java gives up. */
const QUEUE_MS = 10_000;

const readers = new AdmissionQueue(READERS, QUEUE_LENGTH);

const utf8 = new TextDecoder();

/**
 * Reads the text of a conversation's documents, before anything is asked of an engine. Text files say what they say; PDFs are read in a
 * process of their own, so that no document can hold up another request.
 *
 * @param timeoutMs - how long the documents may be read, all together
 * @param signal - ends the reading
 * @returns the same conversation, each document with its text
 * @throws {BedrockException} `ValidationException`: a document can't be read.
 * @throws {EngineBusyError} too many documents are being read.
 * @throws `signal.reason` once aborted.
 */
export async function readDocuments(chat: Chat, timeoutMs: number, signal: AbortSignal): Promise<Chat> {
  const documents = chat.messages.flatMap(contentOf).filter((part) => part.type === "document");
  if (documents.length === 0) return chat;
  const texts = await readAll(documents, timeoutMs, signal);
  return { ...chat, messages: chat.messages.map((message) => withTexts(message, texts)) };
}

async function readAll(
  documents: readonly DocumentPart[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<DocumentPart, string>> {
  const texts = new Map<DocumentPart, string>();
  const pdfs: DocumentPart[] = [];
  for (const document of documents) {
    const { kind } = fileType(document.bytes);
    if (kind === "pdf") pdfs.push(document);
    else if (kind === "text") texts.set(document, utf8.decode(document.bytes));
    else throw documentTypeUnread(document.name);
  }
  if (pdfs.length === 0) return texts;
  const release = await readers.acquire(QUEUE_MS, { signal });
  try {
    const until = performance.now() + timeoutMs;
    for (const pdf of pdfs) texts.set(pdf, await textOf(pdf, until, signal));
  } finally {
    release();
  }
  return texts;
}

/** @param until - when the reading ends at the latest, in ms of `performance.now()` */
async function textOf({ name, bytes }: DocumentPart, until: number, signal: AbortSignal): Promise<string> {
  const leftMs = until - performance.now();
  const read = leftMs > 0 ? await readPdf(bytes, leftMs, signal) : { refused: "tooMuch" as const };
  if ("text" in read) return read.text;
  if (read.refused === "invalid") throw pdfInvalid();
  throw read.refused === "locked" ? pdfLocked() : documentUnreadable(name);
}

function withTexts(message: Message, texts: ReadonlyMap<DocumentPart, string>): Message {
  const withText = <T extends Part | ToolResultContent>(part: T): T => {
    const text = part.type === "document" ? texts.get(part) : undefined;
    return text === undefined ? part : { ...part, text };
  };
  const parts = message.parts.map((part) =>
    part.type === "toolResult" ? { ...part, content: part.content.map(withText) } : withText(part),
  );
  return { ...message, parts };
}
