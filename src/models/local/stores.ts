import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { isFirstPart, MAX_STORED_FILES, type StoredFile, userHome, walk } from "./stored-file.js";

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

/** Where LM Studio keeps models, today and before 2025. */
const FOLDERS = [
  [".lmstudio", "models"],
  [".cache", "lm-studio", "models"],
];

/** The GGUFs in LM Studio's folders, which are laid out as the hub's repositories: `OWNER/NAME/FILE`. */
export async function lmStudioFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const found = await Promise.all(
    FOLDERS.map(async (names) => {
      const folder = join(userHome(env), ...names);
      return { folder, files: await walk(folder, 4, MAX_STORED_FILES) };
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

/** Where Ollama's service keeps models on Linux, unless `OLLAMA_MODELS` says otherwise. */
const SERVICE_MODELS = "/usr/share/ollama/.ollama/models";

/** Who owns the models that a name without an owner means: Ollama's own library, or a mirror of it. */
const LIBRARY_OWNER = "library";

/** Hosts that stand for the hub. */
const HUB_HOSTS = new Set(["hf.co", "huggingface.co"]);

const MODEL_LAYER = "application/vnd.ollama.image.model";

/** A manifest lists a handful of layers. */
const MAX_MANIFEST_BYTES = 64 * 1024;

/**
 * The models in Ollama's store: a manifest for each name, `manifests/HOST/OWNER/NAME/TAG`, which names the layers by their
 * checksum; a model's layer is a GGUF, `blobs/sha256-…`.
 */
export async function ollamaFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const { OLLAMA_MODELS: chosen = "" } = env;
  const folders = chosen === "" ? [join(userHome(env), ".ollama", "models"), SERVICE_MODELS] : [chosen];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const manifests = await walk(join(folder, "manifests"), 4, MAX_STORED_FILES);
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
    // a model of several layers is split in Ollama's own way
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
    return undefined; // a manifest of another version, or half written
  }
}
