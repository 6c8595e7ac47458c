/*
 * Bounds for reading a GGUF. Without them, a few bytes in a malformed file could keep the reader busy for ever or exhaust the
 * memory. Real files stay far below them.
 */

/** Key-value pairs of metadata. Real files have 20 to 60. */
export const MAX_PAIRS = 4096;

/** The largest Llama has some 1,200; a model with a tensor for each of many experts has some ten thousand. */
export const MAX_TENSORS = 65_536;

/** The format's limit. */
export const MAX_KEY_BYTES = 65_535;

/** The format has no limit; ggml's is 64. */
export const MAX_TENSOR_NAME_BYTES = 1024;

/** Longer strings are skipped. Names and chat templates are shorter. */
export const MAX_KEPT_STRING_BYTES = 256 * 1024;

/** A longer string means that the file is damaged. */
export const MAX_STRING_BYTES = 64 * 1024 * 1024;

/** Elements of an array. Vocabularies have up to 262,144 tokens, and some have twice as many merges. */
export const MAX_ELEMENTS = 4_194_304;

/** The format allows arrays of arrays, but no known file has them. */
export const MAX_ARRAY_DEPTH = 2;

/** ggml's tensors have up to 4 dimensions. */
export const MAX_DIMENSIONS = 8;

/** Everything before the tensors' data: 5 to 12 MB in Llama 3's files. */
export const MAX_HEADER_BYTES = 256 * 1024 * 1024;

/** The size of a read: a header of 10 MB takes some 40 reads. */
export const READ_BYTES = 256 * 1024;
