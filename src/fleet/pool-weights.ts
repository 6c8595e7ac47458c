/** Weights that an engine can be started with. */
export interface PoolWeights {
  /** What tells them from others: their file, say. Two models with the same weights share an engine. */
  readonly key: string;
  /** For a person. */
  readonly name: string;
  /** Tokens that a sequence is to hold. */
  readonly contextSize: number;
  /** Memory that they take while they run, in bytes. @param sequences - generations at once */
  memoryBytes(sequences: number): number;
}
