import { isAbsolute } from "node:path";

import {
  type KnownModelEntry,
  type LlamaWeights,
  smallModel,
  standInModels,
  weightBytes,
  weightsOf,
} from "../catalogue/index.js";
import { UnknownModelError } from "../errors.js";

/** What answers in place of the models whose weights aren't on this machine. */
export type StandIn =
  /** A file that is the real weights of no model. */
  | { readonly kind: "entry"; readonly entry: KnownModelEntry }
  /** The real weights of a Bedrock model; for that model's own id they are no stand-in. */
  | { readonly kind: "weights"; readonly weights: LlamaWeights }
  /** A GGUF of the user's. @property path - absolute */
  | { readonly kind: "file"; readonly path: string };

/** The small model as a stand-in. */
export const SMALL: StandIn = { kind: "entry", entry: smallModel };

/** How a stand-in is named, in the settings and to users. */
export function nameOf(standIn: StandIn): string {
  switch (standIn.kind) {
    case "entry":
      return standIn.entry.name;
    case "weights":
      return standIn.weights.modelId;
    case "file":
      return standIn.path;
  }
}

/** Size and licence of what is downloaded; undefined for a file of the user's. */
export function downloadOf(
  standIn: StandIn,
): { readonly bytes: number; readonly license: string } | undefined {
  if (standIn.kind === "file") return undefined;
  if (standIn.kind === "entry") return standIn.entry;
  const { quantizations, shape, license } = standIn.weights;
  const [recommended] = quantizations;
  return { bytes: recommended === undefined ? 0 : weightBytes(recommended, shape), license };
}

/**
 * Reads the name of a stand-in: of a file in the catalogue (in upper or lower case), a Bedrock model id in any form, or an absolute
 * path.
 *
 * @returns undefined if it is none of these
 */
export function standInNamed(name: string): StandIn | undefined {
  const entry = standInModels.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (entry !== undefined) return { kind: "entry", entry };
  if (isAbsolute(name)) return { kind: "file", path: name };
  try {
    return { kind: "weights", weights: weightsOf(name) };
  } catch (error) {
    if (error instanceof UnknownModelError) return undefined;
    throw error;
  }
}
