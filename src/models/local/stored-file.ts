import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** The programs whose stores are looked into. */
export type StoreName = "ollama" | "hugging-face" | "lm-studio";

/** A GGUF in another program's store. */
export interface StoredFile {
  readonly store: StoreName;
  /** The file, or the first part of a split one. */
  readonly path: string;
  /** The repository on the hub it came from, `owner/name`, where the store says so. */
  readonly repository?: string;
  /** The model in Ollama's own library, where it came from there. */
  readonly library?: { readonly name: string; readonly tag: string };
}

/** The files of one store; bounded, as a store can hold anything. */
export const MAX_STORED_FILES = 1000;

/**
 * Paths below a folder, at most `depth` folders deep, each as its names. A folder that isn't there has none; what can't be
 * looked at is left out. Links are files.
 *
 * @param most - where to stop
 */
export async function walk(folder: string, depth: number, most: number): Promise<string[][]> {
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

/** Whether a path names a model's file, or the first part of a split one. */
export function isFirstPart(name: string): boolean {
  const part = /-(\d{5})-of-\d{5}\.gguf$/u.exec(name)?.[1];
  return name.endsWith(".gguf") && (part === undefined || Number(part) === 1);
}

/** The user's folder, as the programs with stores in it find it. */
export function userHome(env: NodeJS.ProcessEnv): string {
  const home = process.platform === "win32" ? env["USERPROFILE"] : env["HOME"];
  return home === undefined || home === "" ? homedir() : home;
}
