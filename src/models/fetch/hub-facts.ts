import { readFile, writeFile } from "node:fs/promises";

import type { HuggingFaceSource, KnownModelEntry, ModelEntry } from "../catalogue/index.js";
import { HubFileChangedError } from "../errors.js";
import { askHub, type HubQuery, isCommit } from "./hub-file.js";

/*
 * What the hub said of a file before it was fetched is written down beside it, as `FILE.source.json`: where it came from, at
 * which commit, and which bytes it has. A download that was cut goes on with the file that it began with.
 */
const notesOf = (path: string) => `${path}.source.json`;

/** What is written down. */
interface Notes {
  readonly repository: string;
  readonly revision: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Whether everything of a file is known, its source's commit too. */
function isKnown(entry: ModelEntry): entry is KnownModelEntry {
  return entry.bytes !== undefined && entry.sha256 !== undefined;
}

/**
 * The entry with what the catalogue doesn't know of it: what was written down when it was begun, else what the hub says now.
 *
 * @param path - where the file is to be
 * @throws {SourceError} the hub refuses, can't be reached, says too little, or has another file than the known one
 */
export async function completeEntry(
  entry: ModelEntry,
  path: string,
  query: HubQuery,
): Promise<KnownModelEntry> {
  if (isKnown(entry)) return entry;
  const source = entry.sources.find((each) => each.kind === "hugging-face");
  if (source === undefined) throw new RangeError(`Nothing tells the bytes of ${entry.name}.`);
  const written = await readNotes(path, source);
  if (written !== undefined && [undefined, written.sha256].includes(entry.sha256))
    return withNotes(entry, written);
  const { commit, bytes, sha256 } = await askHub(source, query);
  if (entry.sha256 !== undefined && entry.sha256 !== sha256)
    throw new HubFileChangedError(entry.sha256, sha256);
  if (entry.bytes !== undefined && entry.bytes !== bytes) throw new HubFileChangedError(entry.bytes, bytes);
  const { repository, file } = source;
  return withNotes(entry, { repository, revision: commit, file, bytes, sha256 });
}

/** Writes down what the hub said, so that a later run goes on with the same file. */
export async function writeNotes(entry: KnownModelEntry, path: string): Promise<void> {
  const source = entry.sources.find((each) => each.kind === "hugging-face");
  if (source === undefined) return;
  const { repository, revision, file } = source;
  const notes: Notes = { repository, revision, file, bytes: entry.bytes, sha256: entry.sha256 };
  await writeFile(notesOf(path), `${JSON.stringify(notes, undefined, 2)}\n`);
}

function withNotes(entry: ModelEntry, { repository, revision, file, bytes, sha256 }: Notes): KnownModelEntry {
  return { ...entry, bytes, sha256, sources: [{ kind: "hugging-face", repository, revision, file }] };
}

/** What was written down of this very file; undefined if nothing was. */
async function readNotes(path: string, source: HuggingFaceSource): Promise<Notes | undefined> {
  try {
    const notes = JSON.parse(await readFile(notesOf(path), "utf8")) as Partial<Notes>;
    const { repository, revision, file, bytes, sha256 } = notes;
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
