import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { catalogue, type LlamaWeights, UnknownModelError, weightsOf } from "../models/index.js";
import { errorCode, formatBytes, machineMemory } from "../platform/index.js";
import { criaHome, makeFolder } from "../store/index.js";
import { fitsByDefault, recommendedBytes } from "./model-list.js";

/** Its presence in CRIA_HOME says that the hint was given: once for a home, since every answer of a stand-in is named anyway. */
const MARKER = "hint-given";

/**
 * What to type for answers of the real model, after a stand-in has answered: the first time for this home, undefined from then on. A
 * home that can't be written gets it every time.
 *
 * @param asked - id of the model that was asked for, in any form
 * @param memory - of this machine, in bytes
 */
export async function realModelHint(
  asked: string,
  { home = criaHome(), memory = machineMemory() }: { readonly home?: string; readonly memory?: number } = {},
): Promise<string | undefined> {
  const hint = hintFor(asked, memory);
  return hint !== undefined && (await isFirst(home)) ? hint : undefined;
}

/** Undefined if no model can be had: the one asked for is unknown or has no weights, and none fits into memory. */
function hintFor(asked: string, memory: number): string | undefined {
  const weights = knownWeights(asked);
  if (weights === undefined) return undefined;
  if (fitsByDefault(weights, memory)) return `${weights.modelId} itself answers after ${pull(weights)}`;
  const fitting = catalogue.filter((each) => fitsByDefault(each, memory));
  const [largest] = fitting.toSorted((a, b) => b.shape.parameters - a.shape.parameters);
  if (largest === undefined) return undefined;
  const why =
    weights.quantizations.length > 0
      ? `is too large for this machine's memory (${formatBytes(memory)})`
      : "has no weights that llama.cpp can read";
  return `${weights.modelId} ${why}. A Llama that fits: ${pull(largest)}, then ask for ${largest.modelId}`;
}

function pull(weights: LlamaWeights): string {
  return `\`cria models pull ${weights.modelId}\` (${formatBytes(recommendedBytes(weights))})`;
}

function knownWeights(asked: string): LlamaWeights | undefined {
  try {
    return weightsOf(asked);
  } catch (error) {
    // an ARN that --model-map maps
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}

/** Leaves the marker. @returns whether it wasn't there */
async function isFirst(home: string): Promise<boolean> {
  try {
    await makeFolder(home);
    await writeFile(join(home, MARKER), "", { flag: "wx" });
    return true;
  } catch (error) {
    return errorCode(error) !== "EEXIST";
  }
}
