import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import { emptyFolder } from "../../support/folder.js";
import type { GgufValue } from "../../support/gguf/write-gguf.js";
import { claimingGguf, LLAMA_2_13B, LLAMA_3_1_8B } from "./gguf-file.js";

export const CHAT = "meta.llama2-13b-chat-v1";
export const LLAMA_3_1 = "meta.llama3-1-8b-instruct-v1:0";

/** Metadata with the model's name. */
export const named = (value: string): Record<string, GgufValue> => ({
  "general.name": { type: "string", value },
});

/** A file with the dimensions of Llama 2 13B. */
export const llama2 = (name = "LLaMA v2") => claimingGguf("llama-2", LLAMA_2_13B, named(name));

/** A file with the dimensions of Llama 3.1 8B. */
export const llama31 = (name = "Meta Llama 3.1 8B Instruct") =>
  claimingGguf("llama-3", LLAMA_3_1_8B, named(name));

/** The path of a manifest in Ollama's library. */
export const library = (name: string) => `ollama.example/library/${name}`;

/** A user's home folder with other programs' stores. */
export interface StoreFolders {
  readonly home: string;
  /** Environment in which these stores are found, and not this machine's. */
  readonly env: NodeJS.ProcessEnv;
  /** Puts a model into Ollama's store. @returns the blob's path */
  ollama(manifest: string, bytes: Uint8Array): Promise<string>;
  /** Puts a file into the cache of huggingface_hub. @returns the path of the link */
  huggingFace(repository: string, file: string, bytes: Uint8Array): Promise<string>;
  /** Puts a file into LM Studio's folder. */
  lmStudio(path: string, bytes: Uint8Array): Promise<string>;
}

/** Creates empty stores. */
export async function storeFolders(): Promise<StoreFolders> {
  const home = await emptyFolder();
  const put = async (path: string, bytes: Uint8Array | string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return path;
  };
  return {
    home,
    // without OLLAMA_MODELS, the store of a service on this machine would be searched too
    env: { HOME: home, USERPROFILE: home, OLLAMA_MODELS: join(home, ".ollama/models") },
    async ollama(manifest, bytes) {
      const store = join(home, ".ollama/models");
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const layers = [
        { mediaType: "application/vnd.ollama.image.model", digest: `sha256:${sha256}`, size: bytes.length },
        { mediaType: "application/vnd.ollama.image.template", digest: `sha256:${"0".repeat(64)}`, size: 1 },
      ];
      await put(join(store, "manifests", manifest), JSON.stringify({ schemaVersion: 2, layers }));
      return put(join(store, `blobs/sha256-${sha256}`), bytes);
    },
    async huggingFace(repository, file, bytes) {
      const folder = join(home, ".cache/huggingface/hub", `models--${repository.replace("/", "--")}`);
      const blob = await put(join(folder, "blobs", createHash("sha256").update(bytes).digest("hex")), bytes);
      const link = join(folder, "snapshots/0123456789abcdef0123456789abcdef01234567", file);
      await mkdir(dirname(link), { recursive: true });
      await symlink(relative(dirname(link), blob), link);
      return link;
    },
    lmStudio: (path, bytes) => put(join(home, ".lmstudio/models", path), bytes),
  };
}
