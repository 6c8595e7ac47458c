/*
 * What a document reader and the server share. A reader is a process of its own: it reads a PDF from stdin, writes its text to stdout,
 * and ends with one of these codes. Its argument is the time that it may take, in ms.
 */

/** The reader's exit codes. */
export const EXIT = {
  read: 0,
  /** It isn't a PDF that can be read. */
  invalid: 10,
  /** It is encrypted, and opens only with a password. */
  locked: 11,
  /** It takes more time, memory or text than the limits allow. */
  tooMuch: 12,
} as const;

/** The most text of a document, in UTF-16 units: more than the longest body holds. */
export const MAX_TEXT_LENGTH = 25_000_000;

/** A reader's JavaScript heap, in MiB. */
export const HEAP_MIB = 256;

/** A reader's whole memory, in bytes: its heap, and what a PDF of 4.5 MB unpacks to. */
export const MAX_MEMORY_BYTES = 640 * 1024 * 1024;
