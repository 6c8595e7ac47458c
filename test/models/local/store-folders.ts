import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import { emptyFolder } from "../../support/folder.js";

/** A user's folder with stores of other programs in it. */
export interface StoreFolders {
  readonly home: string;
  /** Environment in which they are found, and none of this machine's. */
  readonly env: NodeJS.ProcessEnv;
  /** Puts a model into Ollama's store. @returns the blob's path */
  ollama(manifest: string, bytes: Uint8Array): Promise<string>;
  /** Puts a file into the cache of huggingface_hub. @returns the path of the link */
  huggingFace(repository: string, file: string, bytes: Uint8Array): Promise<string>;
  /** Puts a file into LM Studio's folder. */
  lmStudio(path: string, bytes: Uint8Array): Promise<string>;
}

/** Empty stores. */
export async function storeFolders(): Promise<StoreFolders> {
  const home = await emptyFolder();
  const put = async (path: string, bytes: Uint8Array | string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return path;
  };
  return {
    home,
    // of Ollama's own places, one is the machine's
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
