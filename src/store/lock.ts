import { randomUUID } from "node:crypto";
import { lstat, readdir, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { errorCode } from "../platform/index.js";
import { HomeNotWritableError, LockLostError } from "./errors.js";
import { explainDiskError } from "./explain-disk-error.js";
import { makeFolder } from "./make-folder.js";

/*
 * A lock is a folder with one file in it, named after the holder. The holder touches the file every second (its heartbeat). A
 * waiter that sees no heartbeat for several seconds, by its own clock, takes the lock over by renaming the file. Each decisive
 * step is a single rename, which only one process can win:
 *
 *   acquire    rename a folder that already contains our file to the lock's name (fails while that folder exists)
 *   take over  rename the silent holder's file to ours (fails for all but one, because the old name is gone by then)
 *
 * The lock depends neither on process ids (containers can share a folder, but not ids) nor on synchronized clocks.
 */

const HEARTBEAT_MS = 1000;

/** A holder without a heartbeat for this long is taken for dead. A busy machine may delay or drop a few heartbeats. */
const HOLDER_TIMEOUT_MS = 5 * HEARTBEAT_MS;

/** How often a waiter checks the lock. */
const POLL_MS = 200;

/** Error codes of `rename` while the lock is held. */
const OCCUPIED = new Set(
  process.platform === "win32" ? ["EPERM", "EACCES", "EEXIST"] : ["ENOTEMPTY", "EEXIST"],
);

/** The name of a holder's file, as `randomUUID` makes it. */
const HOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** Error codes when another process removed or renamed the file first. */
const GONE = new Set(process.platform === "win32" ? ["ENOENT", "EPERM", "EBUSY"] : ["ENOENT", "ENOTEMPTY"]);

export interface LockOptions {
  /** Called once if another process holds the lock, when this process begins to wait. */
  readonly onWait?: () => void;
  /** An abort ends the waiting; `work` is passed the abort too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while holding a lock. Of all processes that share the folder, on this and other machines, only one holds it.
 *
 * @param lock - path of the lock, a folder that exists only while the lock is held; its parent is created if missing
 * @param work - receives a signal that aborts with the caller's signal, and with {@link LockLostError} if the lock is lost
 * @throws {LockLostError} another process took the lock over during the work
 * @throws {DiskFullError} {@link HomeNotWritableError} the lock cannot be written
 * @throws `signal.reason` if aborted
 */
export async function withLock<T>(
  lock: string,
  work: (signal: AbortSignal) => Promise<T>,
  { onWait, signal }: LockOptions = {},
): Promise<T> {
  const mine = join(lock, randomUUID());
  await acquire(lock, mine, onWait, signal);

  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(mine, now, now).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") lost.abort(new LockLostError(lock));
    });
  }, HEARTBEAT_MS);
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    clearInterval(heartbeat);
    await rm(mine, { force: true });
    await rmdir(lock).catch(() => undefined); // another process has just taken it
  }
}

async function acquire(
  lock: string,
  mine: string,
  onWait: (() => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  let seen: { readonly heartbeat: string; readonly at: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const holder = await currentHolder(lock);
    if (holder === undefined) {
      if (await create(lock, mine)) return;
    } else {
      if (seen === undefined) onWait?.();
      if (seen?.heartbeat !== holder.heartbeat) seen = { heartbeat: holder.heartbeat, at: performance.now() };
      else if (performance.now() - seen.at >= HOLDER_TIMEOUT_MS && (await takeOver(holder.path, mine)))
        return;
    }

    await sleep(POLL_MS, undefined, { ...(signal && { signal }) }).catch(() => undefined); // an abort is thrown above
  }
}

/** Creates the lock with our file in it. @returns false if another was faster */
async function create(lock: string, mine: string): Promise<boolean> {
  const draft = `${lock}.${randomUUID()}`;
  try {
    await makeFolder(draft);
    await writeFile(join(draft, basename(mine)), "", { flag: "wx" });
  } catch (error) {
    await removeDraft(draft);
    throw await explainDiskError(error, dirname(lock), 0);
  }
  try {
    await rename(draft, lock); // on POSIX this replaces an empty folder, whose holder has just left
    return true;
  } catch (error) {
    await removeDraft(draft);
    if (OCCUPIED.has(errorCode(error))) return false;
    throw await explainDiskError(error, dirname(lock), 0);
  }
}

/** Ignores errors: the caller throws the error that came first. */
async function removeDraft(draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true }).catch(() => undefined);
}

/** The holder's file, and a text that changes with every heartbeat; undefined if the lock is free. */
async function currentHolder(lock: string): Promise<{ path: string; heartbeat: string } | undefined> {
  try {
    // Looked at before anything is renamed: Windows lets a folder replace a file, which would be lost.
    if (!(await lstat(lock)).isDirectory()) throw new HomeNotWritableError(lock, "EEXIST");
    const names = await readdir(lock);
    const name = names.find((each) => HOLDER.test(each));
    if (names.length === 0) {
      await rmdir(lock); // on Windows, `rename` does not replace it
      return undefined;
    }
    if (name === undefined) throw new HomeNotWritableError(lock, "EEXIST");
    const path = join(lock, name);
    return { path, heartbeat: `${name} ${(await stat(path)).mtimeMs}` };
  } catch (error) {
    if (GONE.has(errorCode(error))) return undefined;
    throw await explainDiskError(error, dirname(lock), 0);
  }
}

async function takeOver(silent: string, mine: string): Promise<boolean> {
  try {
    await rename(silent, mine);
    return true;
  } catch (error) {
    if (GONE.has(errorCode(error))) return false; // released, or taken over by another waiter
    throw error;
  }
}
