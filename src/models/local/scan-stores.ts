import { realpath } from "node:fs/promises";

import { checkModelFile, describeGguf, type GgufModel } from "../gguf/index.js";
import { modelParts } from "../model-paths.js";
import { identify, type Identity } from "./identify.js";
import type { StoredFile } from "./stored-file.js";
import { huggingFaceFiles, lmStudioFiles, ollamaFiles } from "./stores.js";

/** A file of another program's store that could be a Bedrock model. */
export interface ScannedFile extends StoredFile, Identity {
  readonly model: GgufModel;
  /** Of all parts. */
  readonly bytes: number;
}

/** What is known of files that were read, by path, size and time: a metadata of 128,256 tokens takes a moment to read. */
const described = new Map<string, GgufModel>();

/**
 * The files of other programs' stores that are of a Llama family and have a Bedrock model's shape. What can't be read, is
 * half there or is something else is left out in silence: it isn't ours. A file that several names lead to comes once.
 */
export async function scanStores(env: NodeJS.ProcessEnv): Promise<ScannedFile[]> {
  const stores = await Promise.all([ollamaFiles(env), huggingFaceFiles(env), lmStudioFiles(env)]);
  const scanned = new Map<string, ScannedFile>();
  for (const file of stores.flat()) {
    const found = await scan(file);
    if (found === undefined) continue;
    const real = await realpath(file.path);
    // a certain name wins over a doubtful one
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
