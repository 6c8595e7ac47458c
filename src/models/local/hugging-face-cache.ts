import { join } from "node:path";

import { MAX_STORED_FILES, type StoredFile } from "./stored-file.js";
import { userHome } from "./user-home.js";
import { isFirstPart, walk } from "./walk.js";

/**
 * The GGUFs in the cache of the library huggingface_hub: `models--OWNER--NAME/snapshots/COMMIT/FILE`, links to `blobs/`. Its
 * place is found as that library finds it.
 */
export async function huggingFaceFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const cache = cacheFolder(env);
  const files = await walk(cache, 5, MAX_STORED_FILES);
  return files.flatMap((names) => {
    const [, owner, name] = /^models--(.+?)--(.+)$/u.exec(names[0] ?? "") ?? [];
    if (owner === undefined || name === undefined || names[1] !== "snapshots") return [];
    if (!isFirstPart(names.at(-1) ?? "")) return [];
    return [{ store: "hugging-face", path: join(cache, ...names), repository: `${owner}/${name}` } as const];
  });
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const set = (name: string) => (env[name] === "" ? undefined : env[name]);
  const cache = set("HF_HUB_CACHE") ?? set("HUGGINGFACE_HUB_CACHE");
  if (cache !== undefined) return cache;
  const home = set("HF_HOME");
  if (home !== undefined) return join(home, "hub");
  return join(set("XDG_CACHE_HOME") ?? join(userHome(env), ".cache"), "huggingface", "hub");
}
