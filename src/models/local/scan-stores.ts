import { realpath } from "node:fs/promises";

import { checkModelFile, describeGguf, type GgufModel } from "../gguf/index.js";
import { modelParts } from "../split-model.js";
import { identify, type Identity } from "./identify.js";
import { huggingFaceFiles, lmStudioFiles, ollamaFiles, type StoredFile } from "./stores.js";

/** A file in another program's store that may be a Bedrock model. */
export interface ScannedFile extends StoredFile, Identity {
  readonly model: GgufModel;
  /** The size of all parts. */
  readonly bytes: number;
}

/** The facts about files already read, by path, size and time. Reading the metadata of 128,256 tokens takes a while. */
const described = new Map<string, GgufModel>();

/**
 * Lists the files in other programs' stores that have the vocabulary and shape of a Bedrock model. Other files, and those that
 * are unreadable or incomplete, are left out without a warning. A file with several names is listed once.
 */
export async function scanStores(env: NodeJS.ProcessEnv): Promise<ScannedFile[]> {
  const stores = await Promise.all([ollamaFiles(env), huggingFaceFiles(env), lmStudioFiles(env)]);
  const scanned = new Map<string, ScannedFile>();
  for (const file of stores.flat()) {
    const found = await scan(file);
    if (found === undefined) continue;
    const real = await realpath(file.path);
    // prefer a name that makes the model certain
    if (scanned.get(real)?.weights === undefined) scanned.set(real, found);
  }
  return [...scanned.values()];
}

async function scan(file: StoredFile): Promise<ScannedFile | undefined> {
  try {
    const { parts, bytes, key } = await modelParts(file.path);
    let model = described.get(key);
    if (model === undefined) {
      await checkModelFile(file.path);
      model = await describeGguf(file.path);
      described.set(key, model);
    }
    if (parts.length < (model.part?.count ?? 1)) return undefined;
    const identity = identify(model, file);
    return identity.candidates.length === 0 ? undefined : { ...file, ...identity, model, bytes };
  } catch {
    return undefined;
  }
}
