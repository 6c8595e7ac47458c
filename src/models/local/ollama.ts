import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { MAX_STORED_FILES, type StoredFile } from "./stored-file.js";
import { userHome } from "./user-home.js";
import { walk } from "./walk.js";

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
