/*
 * Bounds of what is read out of a GGUF. A file may say anything: without them a few bytes could keep a reader busy for ever
 * or fill the memory. Real files stay far below.
 */

/** Real files have some 20 to 60. */
export const MAX_PAIRS = 4096;

/** The largest Llama has some 1,200; models of many experts that have a tensor for each, ten thousand. */
export const MAX_TENSORS = 65_536;

/** The format's own limit. */
export const MAX_KEY_BYTES = 65_535;

/** The format has no limit for a tensor's name; ggml has 64. */
export const MAX_TENSOR_NAME_BYTES = 1024;

/** Texts up to this size are kept: names and chat templates. A longer one is passed over. */
export const MAX_KEPT_TEXT_BYTES = 256 * 1024;

/** A text that is longer is damage. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Vocabularies have up to 262,144 tokens, and some twice as many merges. */
export const MAX_ELEMENTS = 4_194_304;

/** Arrays of arrays are in the format, but in no file that was seen. */
export const MAX_ARRAY_DEPTH = 2;

/** ggml's tensors have up to 4. */
export const MAX_DIMENSIONS = 8;

/** All that stands before the tensors: 5 to 12 MB in Llama 3's files. */
export const MAX_HEADER_BYTES = 256 * 1024 * 1024;

/** Read at once: a header of 10 MB then takes some 40 calls. */
export const READ_BYTES = 256 * 1024;
