/** The programs whose stores are looked into. */
export type StoreName = "ollama" | "hugging-face" | "lm-studio";

/** A GGUF in another program's store. */
export interface StoredFile {
  readonly store: StoreName;
  /** The file, or the first part of a split one. */
  readonly path: string;
  /** The repository on the hub it came from, `owner/name`, where the store says so. */
  readonly repository?: string;
  /** The model in Ollama's own library, where it came from there. */
  readonly library?: { readonly name: string; readonly tag: string };
}

/** The files of one store; bounded, as a store can hold anything. */
export const MAX_STORED_FILES = 1000;
