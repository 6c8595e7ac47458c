import { stat } from "node:fs/promises";

/** The size of a file in bytes; undefined if there is none, or it can't be looked at. */
export async function fileSize(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}
