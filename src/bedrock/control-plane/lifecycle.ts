import type { LlamaModel } from "../model-ids/index.js";

/** Where a model is in its life (API model). Times are ISO 8601; those that nobody has published are absent. */
export interface ModelLifecycle {
  readonly status: "ACTIVE" | "LEGACY";
  readonly startOfLifeTime?: string;
  readonly endOfLifeTime?: string;
  readonly legacyTime?: string;
  /** From here on, a legacy model may cost more. */
  readonly publicExtendedAccessTime?: string;
}

/**
 * The days are documented (user guide, model lifecycle, 2026). The time of day is that of other models in a user's output of
 * GetFoundationModel; so is the order of the keys.
 */
const RETIRED_IN_JULY_2026: ModelLifecycle = {
  status: "LEGACY",
  endOfLifeTime: "2026-07-07T08:00:00Z",
  legacyTime: "2026-01-07T08:00:00Z",
  publicExtendedAccessTime: "2026-04-07T08:00:00Z",
};

const lifecycles: Readonly<Record<string, ModelLifecycle>> = {
  // a user's output of GetFoundationModel in us-west-2, September 2026
  "meta.llama3-1-8b-instruct-v1:0": { status: "ACTIVE", startOfLifeTime: "2024-07-23T08:00:00Z" },
  "meta.llama3-1-405b-instruct-v1:0": RETIRED_IN_JULY_2026,
  "meta.llama3-2-1b-instruct-v1:0": RETIRED_IN_JULY_2026,
  "meta.llama3-2-3b-instruct-v1:0": RETIRED_IN_JULY_2026,
  "meta.llama3-2-11b-instruct-v1:0": RETIRED_IN_JULY_2026,
  "meta.llama3-2-90b-instruct-v1:0": RETIRED_IN_JULY_2026,
};

/**
 * The state of a model. Bedrock's API has no state for a model past its end of life, which isn't listed there; here it stays `LEGACY`,
 * as Llama 2 was when users last listed it.
 */
export function lifecycleOf({ id, family }: LlamaModel): ModelLifecycle {
  return lifecycles[id] ?? { status: family === "llama-2" ? "LEGACY" : "ACTIVE" };
}
