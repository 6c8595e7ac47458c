/** The bounds of one life of the engine process. Tests set smaller ones. */
export interface SessionLimits {
  /** Milliseconds that loading may go on without a sign of progress. */
  readonly loadStallMs: number;
  /** Milliseconds that the process may say nothing at all, once its model is loaded. */
  readonly frozenMs: number;
  /** Milliseconds that llama.cpp may work on one batch. */
  readonly batchMs: number;
  /** Milliseconds that one generation may take, from its sequence to its last token. */
  readonly generationMs: number;
  /** Bytes of memory that the process may hold beyond what it held after loading, and its weights. */
  readonly growthBytes: number;
}

export const defaultSessionLimits: SessionLimits = {
  // a big model on a slow disk reports every few megabytes; the binding was seen to read a damaged file's metadata for ever
  loadStallMs: 60_000,
  // while it decodes it answers: within 0.6 s with ten programs computing beside it on two cores. Found out by then, a request still
  // has time to be served by the next process before the SDK for Java gives up, after 30 s
  frozenMs: 10_000,
  // a chunk of a prompt at half a token a second; what's slower is stuck, or out of memory and on the disk
  batchMs: 300_000,
  // longer than any generation worth waiting for: 8,192 tokens at 2.3 a second. It's the longest that Bedrock grants any model
  // (documented for others' models; of Llama nothing is)
  generationMs: 3_600_000,
  // logits of a batch over a big vocabulary, llama.cpp's working memory, prompts on their way: a few hundred megabytes
  growthBytes: 1024 ** 3,
};
