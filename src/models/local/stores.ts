import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { filesBelow } from "../../platform/index.js";
import { isFirstPart } from "../split-model.js";

/** The programs whose stores are searched. */
export type StoreName = "ollama" | "hugging-face" | "lm-studio";

/** A GGUF in another program's store. */
export interface StoredFile {
  readonly store: StoreName;
  /** The file, or the first part of a split model. */
  readonly path: string;
  /** The hub repository that it came from, `owner/name`, if the store says so. */
  readonly repository?: string;
  /** The model in Ollama's library, if it came from there. */
  readonly library?: { readonly name: string; readonly tag: string };
}

/** The most files to list in a store, which may contain anything. */
const MAX_STORED_FILES = 1000;

/** The user's home folder, found as these programs find it. */
function userHome(env: NodeJS.ProcessEnv): string {
  const home = process.platform === "win32" ? env["USERPROFILE"] : env["HOME"];
  return home === undefined || home === "" ? homedir() : home;
}

/**
 * Lists the GGUFs in the cache of the library huggingface_hub: `models--OWNER--NAME/snapshots/COMMIT/FILE`, which are links to
 * `blobs/`. The cache is found as that library finds it.
 */
export async function huggingFaceFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const cache = cacheFolder(env);
  const files = await filesBelow(cache, 5, MAX_STORED_FILES);
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

/** LM Studio's models folders: today's, and the one before 2025. */
const LM_STUDIO_FOLDERS = [
  [".lmstudio", "models"],
  [".cache", "lm-studio", "models"],
];

/** Lists the GGUFs in LM Studio's folders, which have the layout of the hub: `OWNER/NAME/FILE`. */
export async function lmStudioFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const found = await Promise.all(
    LM_STUDIO_FOLDERS.map(async (names) => {
      const folder = join(userHome(env), ...names);
      return { folder, files: await filesBelow(folder, 4, MAX_STORED_FILES) };
    }),
  );
  return found.flatMap(({ folder, files }) =>
    files.flatMap((names) => {
      const [owner, name] = names;
      if (owner === undefined || name === undefined || names.length < 3) return [];
      if (!isFirstPart(names.at(-1) ?? "")) return [];
      return [{ store: "lm-studio", path: join(folder, ...names), repository: `${owner}/${name}` } as const];
    }),
  );
}

/** The models folder of Ollama's Linux service, unless `OLLAMA_MODELS` names another. */
const SERVICE_MODELS = "/usr/share/ollama/.ollama/models";

/** The owner of models whose names have no owner: Ollama's library, or a mirror of it. */
const LIBRARY_OWNER = "library";

/** The hub's host names in Ollama's manifests. */
const HUB_HOSTS = new Set(["hf.co", "huggingface.co"]);

const MODEL_LAYER = "application/vnd.ollama.image.model";

/** A manifest lists a handful of layers. */
const MAX_MANIFEST_BYTES = 64 * 1024;

/**
 * Lists the models in Ollama's store. Each has a manifest, `manifests/HOST/OWNER/NAME/TAG`, which names the model's layers by
 * checksum. The layer with the weights is a GGUF, `blobs/sha256-…`.
 */
export async function ollamaFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const { OLLAMA_MODELS: chosen = "" } = env;
  const folders = chosen === "" ? [join(userHome(env), ".ollama", "models"), SERVICE_MODELS] : [chosen];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const manifests = await filesBelow(join(folder, "manifests"), 4, MAX_STORED_FILES);
      return Promise.all(manifests.map((names) => readManifest(folder, names)));
    }),
  );
  return found.flat().filter((file) => file !== undefined);
}

interface Manifest {
  readonly layers?: readonly { readonly mediaType?: unknown; readonly digest?: unknown }[];
}

async function readManifest(folder: string, names: readonly string[]): Promise<StoredFile | undefined> {
  const [host = "", owner = "", name, tag] = names;
  if (name === undefined || tag === undefined) return undefined;
  try {
    const path = join(folder, "manifests", ...names);
    if ((await stat(path)).size > MAX_MANIFEST_BYTES) return undefined;
    const { layers = [] } = JSON.parse(await readFile(path, "utf8")) as Manifest;
    const models = layers.filter(({ mediaType }) => mediaType === MODEL_LAYER);
    const digest = models[0]?.digest;
    // several layers are a model that Ollama split in its own way
    if (models.length !== 1 || typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/u.test(digest))
      return undefined;
    const file = join(folder, "blobs", digest.replace(":", "-"));
    return {
      store: "ollama",
      path: file,
      ...(HUB_HOSTS.has(host) && { repository: `${owner}/${name}` }),
      ...(owner === LIBRARY_OWNER && !HUB_HOSTS.has(host) && { library: { name, tag } }),
    };
  } catch {
    return undefined; // a manifest of another version, or an incomplete one
  }
}
