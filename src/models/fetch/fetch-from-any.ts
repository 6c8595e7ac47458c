import { DiskFullError, fileSize, HomeNotWritableError, type ProgressMeter } from "../../store/index.js";
import { ModelUnavailableError, type SourceFailure } from "../model-unavailable-error.js";
import { fetchFromSource, sourceAddress, sourceName } from "./fetch-from-source.js";
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
