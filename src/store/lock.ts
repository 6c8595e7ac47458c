import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { errorCode, explainDiskError } from "./disk.js";
import { LockLostError } from "./errors.js";

/*
 * A lock is a folder that holds one file, named after its holder. The holder touches the file every second; a waiter that
 * sees no touch for several seconds, by its own clock, takes the lock over by renaming the file. Every step that decides
 * something is one rename, which the file system lets a single process win:
 *
 *   acquire    rename a folder that already holds our file to the lock's name (fails while another folder is there)
 *   take over  rename the silent holder's file to ours (fails for all but one, as the old name is gone then)
 *
 * Only holders that do nothing are displaced, so nothing depends on process ids (two containers share a folder, not
 * ids) nor on clocks that agree.
 */

/** How often a holder shows that it lives. */
const BEAT_MS = 1000;

/** How long a holder may be silent. Five beats: a busy machine delays some, and waiting longer costs a person time. */
const SILENCE_MS = 5 * BEAT_MS;

/** How often a waiter looks. */
const POLL_MS = 200;

/** What `rename` says where the lock is held. */
const OCCUPIED = new Set(
  process.platform === "win32" ? ["EPERM", "EACCES", "EEXIST"] : ["ENOTEMPTY", "EEXIST"],
);

/** What the system says where another process was faster to remove or rename. */
const GONE = new Set(process.platform === "win32" ? ["ENOENT", "EPERM", "EBUSY"] : ["ENOENT", "ENOTEMPTY"]);

export interface LockOptions {
  /** Called once, when another process holds the lock and this one begins to wait. */
  readonly onWait?: () => void;
  /** Ends the waiting, and reaches `work` too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does `work` while no other process on any machine that shares the folder does work under the same lock.
 *
 * @param lock - path of the lock, a folder that exists only while the lock is held; its parent is made if missing
 * @param work - gets a signal that is aborted with the caller's, and with {@link LockLostError} if the lock is lost
 * @throws {LockLostError} another process took the lock over during the work
 * @throws {DiskFullError} {@link HomeNotWritableError} the lock can't be written
 * @throws `signal.reason` once aborted
 */
export async function withLock<T>(
  lock: string,
  work: (signal: AbortSignal) => Promise<T>,
  { onWait, signal }: LockOptions = {},
): Promise<T> {
  const mine = join(lock, randomUUID());
  await acquire(lock, mine, onWait, signal);

  const lost = new AbortController();
  const beat = setInterval(() => {
    const now = new Date();
    utimes(mine, now, now).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") lost.abort(new LockLostError(lock));
    });
  }, BEAT_MS);
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    clearInterval(beat);
    await rm(mine, { force: true });
    await rmdir(lock).catch(() => undefined); // another's by now, or taken in this moment
  }
}

async function acquire(
  lock: string,
  mine: string,
  onWait: (() => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  let seen: { readonly beat: string; readonly at: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    if (await create(lock, mine)) return;

    const holder = await currentHolder(lock);
    if (holder === undefined) continue; // released in between
    if (seen === undefined) onWait?.();
    if (seen?.beat !== holder.beat) seen = { beat: holder.beat, at: performance.now() };
    else if (performance.now() - seen.at >= SILENCE_MS && (await takeOver(holder.path, mine))) return;

    await sleep(POLL_MS, undefined, { ...(signal && { signal }) }).catch(() => undefined); // aborted: thrown above
  }
}

/** Puts the lock there, whole, unless there is one. */
async function create(lock: string, mine: string): Promise<boolean> {
  const draft = `${lock}.${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true });
    await writeFile(join(draft, basename(mine)), "");
  } catch (error) {
    await removeDraft(draft);
    throw await explainDiskError(error, dirname(lock), 0);
  }
  try {
    await rename(draft, lock); // POSIX lets it replace an empty folder: one whose holder is just gone
    return true;
  } catch (error) {
    await removeDraft(draft);
    if (OCCUPIED.has(errorCode(error))) return false;
    throw await explainDiskError(error, dirname(lock), 0);
  }
}

/** As far as it can be: the error that made it useless is the one to tell. */
async function removeDraft(draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true }).catch(() => undefined);
}

/** Who holds the lock, and a mark that changes with every sign of life; undefined if nobody does. */
async function currentHolder(lock: string): Promise<{ path: string; beat: string } | undefined> {
  try {
    const [name] = await readdir(lock);
    if (name === undefined) {
      await rmdir(lock); // Windows doesn't replace it
      return undefined;
    }
    const path = join(lock, name);
    return { path, beat: `${name} ${(await stat(path)).mtimeMs}` };
  } catch (error) {
    if (GONE.has(errorCode(error))) return undefined;
    throw error;
  }
}

async function takeOver(silent: string, mine: string): Promise<boolean> {
  try {
    await rename(silent, mine);
    return true;
  } catch (error) {
    if (GONE.has(errorCode(error))) return false; // released, or another waiter was faster
    throw error;
  }
}
