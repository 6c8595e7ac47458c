import type { KnownModelEntry } from "../catalogue/index.js";
import type { DownloadLimits } from "./download-limits.js";

/** One try to get a model's file from one of its sources. */
export interface SourceJob {
  readonly entry: KnownModelEntry;
  /** Where the bytes go: in the end all of them, verified. What is there already may be gone on from. */
  readonly part: string;
  readonly env: NodeJS.ProcessEnv;
  /** What a person types to fetch it. */
  readonly command?: string | undefined;
  /** Told often how many bytes there are. */
  readonly onBytes: (doneBytes: number) => void;
  readonly signal: AbortSignal;
  readonly limits: DownloadLimits;
}
