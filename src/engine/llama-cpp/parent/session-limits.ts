/** Limits for one engine process. Tests set smaller ones. */
export interface SessionLimits {
  /** Milliseconds that loading may go on without progress. */
  readonly loadStallMs: number;
  /** Milliseconds that the process may be silent, once its model is loaded. */
  readonly frozenMs: number;
  /** Milliseconds that one batch may take. */
  readonly batchMs: number;
  /** Milliseconds that one generation may take, from getting its sequence to its last token. */
  readonly generationMs: number;
  /** Bytes that the process may use beyond its weights and what it used after loading. */
  readonly growthBytes: number;
}

export const defaultSessionLimits: SessionLimits = {
  // even a big model on a slow disk reports progress every few megabytes; with a damaged file the binding may never return
  loadStallMs: 60_000,
  // the process answers while it decodes: within 0.6 s, measured with ten other busy programs on two cores. After 10 s a request
  // can still be served by the next process before the SDK for Java gives up, after 30 s
  frozenMs: 10_000,
  // a chunk of a prompt at half a token per second; anything slower hangs, or is swapping
  batchMs: 300_000,
  // 8,192 tokens at 2.3 per second. It's the longest time that Bedrock allows any model (documented for other models; nothing is
  // documented for Llama)
  generationMs: 3_600_000,
  // the logits of a batch over a big vocabulary, llama.cpp's work buffers and queued prompts take a few hundred megabytes
  growthBytes: 1024 ** 3,
};
