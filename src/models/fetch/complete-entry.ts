import { readOwnText, replaceFile } from "../../store/index.js";
import type { HuggingFaceSource, KnownModelEntry, ModelEntry } from "../catalogue/index.js";
import { HubFileChangedError, ModelUnavailableError, SourceError } from "../errors.js";
import type { FetchJob } from "./fetch-job.js";
import { sourceFailure } from "./fetch-model.js";
import { askHub, isCommit } from "./hub-file.js";

/*
 * The hub's answer about a file is saved beside it before the download, as `FILE.source.json`: the file's repository, commit,
 * size and checksum. An interrupted download then continues with the same file, whatever the hub has by then.
 */
const sourceRecordOf = (path: string) => `${path}.source.json`;

/** Five short texts and numbers. */
const MAX_RECORD_BYTES = 64 * 1024;

/** The content of `FILE.source.json`. */
interface SourceRecord {
  readonly repository: string;
  readonly revision: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

function isKnown(entry: ModelEntry): entry is KnownModelEntry {
  return entry.bytes !== undefined && entry.sha256 !== undefined;
}

/**
 * Completes an entry whose size or checksum the catalogue lacks, from the source record of an earlier run or from the hub.
 *
 * @param path - where the file belongs
 * @throws {ModelUnavailableError} the hub cannot be reached, refuses, says too little, or has a different file
 * @throws `signal.reason` if aborted
 */
export async function completeEntry(
  entry: ModelEntry,
  path: string,
  job: Pick<FetchJob, "env" | "limits" | "signal" | "command">,
): Promise<KnownModelEntry> {
  if (isKnown(entry)) return entry;
  const source = entry.sources.find((each) => each.kind === "hugging-face");
  if (source === undefined) throw new RangeError(`The catalogue has no checksum of ${entry.name}.`);
  const recorded = await readSourceRecord(path, source);
  if (recorded !== undefined && [undefined, recorded.sha256].includes(entry.sha256))
    return withRecord(entry, recorded);
  try {
    const { commit, bytes, sha256 } = await askHub(source, job);
    if (entry.sha256 !== undefined && entry.sha256 !== sha256)
      throw new HubFileChangedError(entry.sha256, sha256);
    if (entry.bytes !== undefined && entry.bytes !== bytes) throw new HubFileChangedError(entry.bytes, bytes);
    const { repository, file } = source;
    return withRecord(entry, { repository, revision: commit, file, bytes, sha256 });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new ModelUnavailableError(entry.name, [sourceFailure(source, error, job.env)], path, job.command);
  }
}

/**
 * Saves the source record, so that a later run continues with the same file.
 *
 * @throws {DiskFullError} {@link HomeNotWritableError} it can't be written.
 */
export async function writeSourceRecord(entry: KnownModelEntry, path: string): Promise<void> {
  const source = entry.sources.find((each) => each.kind === "hugging-face");
  if (source === undefined) return;
  const { repository, revision, file } = source;
  const record: SourceRecord = { repository, revision, file, bytes: entry.bytes, sha256: entry.sha256 };
  await replaceFile(sourceRecordOf(path), `${JSON.stringify(record, undefined, 2)}\n`);
}

function withRecord(
  entry: ModelEntry,
  { repository, revision, file, bytes, sha256 }: SourceRecord,
): KnownModelEntry {
  return { ...entry, bytes, sha256, sources: [{ kind: "hugging-face", repository, revision, file }] };
}

/** The record of an earlier run; undefined if there is none, or it is of another file. */
async function readSourceRecord(path: string, source: HuggingFaceSource): Promise<SourceRecord | undefined> {
  try {
    const record = JSON.parse(
      await readOwnText(sourceRecordOf(path), MAX_RECORD_BYTES),
    ) as Partial<SourceRecord>;
    const { repository, revision, file, bytes, sha256 } = record;
    const same =
      repository === source.repository &&
      file === source.file &&
      (revision === source.revision || !isCommit(source.revision));
    if (!same || typeof revision !== "string" || typeof bytes !== "number" || typeof sha256 !== "string")
      return undefined;
    return { repository, revision, file, bytes, sha256 };
  } catch {
    return undefined;
  }
}
