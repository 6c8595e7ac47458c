import { readdir, stat, statfs } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";

/** The `code` of a system error, such as `ENOENT`; the empty string if the error has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether a path is below a folder, by its text alone: links aren't followed. Both are absolute. */
export function isInside(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  // on another drive of Windows the rest is absolute
  return rest !== "" && rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}

/** The size of a file in bytes; undefined if the path is not a file or cannot be read. */
export async function fileSize(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}

/** Bytes that this user may still write in an existing folder; undefined if the system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/**
 * Lists the files below a folder, sorted by name within each folder. Links count as files. Folders that are missing or
 * unreadable are treated as empty.
 *
 * @param depth - how many levels of subfolders to enter
 * @param most - the most files to list
 * @returns each file's path relative to `folder`, as a list of names
 */
export async function filesBelow(folder: string, depth: number, most: number): Promise<string[][]> {
  const found: string[][] = [];
  const visit = async (names: readonly string[]): Promise<void> => {
    const entries = await readdir(join(folder, ...names), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= most) return;
      const path = [...names, entry.name];
      if (!entry.isDirectory()) found.push(path);
      else if (path.length <= depth) await visit(path);
    }
  };
  await visit([]);
  return found;
}

const MEGABYTE = 1_000_000;
const GIGABYTE = 1_000_000_000;

/** Formats a size in decimal units, as download pages do: `98 MB`, `4.9 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= GIGABYTE) return `${(bytes / GIGABYTE).toFixed(1)} GB`;
  if (bytes >= MEGABYTE) return `${Math.round(bytes / MEGABYTE)} MB`;
  return `${bytes} bytes`;
}
