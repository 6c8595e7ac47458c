import { formatBytes } from "../../platform/index.js";
import {
  type CacheLayout,
  mediumModel,
  mediumModelCache,
  memoryNeed,
  type CacheShape,
  STAND_IN_ID,
  weightsOf,
} from "../catalogue/index.js";
import { downloadOf, SMALL, type StandIn } from "./stand-in.js";

/** Why a model stands in. */
export type StandInReason =
  /** The command said so: `--small`. */
  | "option"
  /** The home's settings say so: `cria setup --model` wrote them, or an earlier choice. */
  | "settings"
  /** The small model is here, from an older version or from a run with `--small`: nothing is downloaded unasked. */
  | "kept"
  /** The environment has `CI`. */
  | "ci"
  /** The best one, and the machine has room for it. */
  | "best"
  /** The disk has no room for a better one. */
  | "disk"
  /** The memory has no room for a better one. */
  | "memory"
  /** A better one can't be downloaded. */
  | "hub";

/** Which model stands in, and why. */
export interface StandInChoice {
  readonly standIn: StandIn;
  readonly reason: StandInReason;
  /** The particulars of the reason, as a sentence's end; empty for most. */
  readonly detail: string;
}

/** What a choice depends on. What costs time is a function, called when it's needed. */
export interface StandInFacts {
  /** Whether the command said `--small`. */
  readonly small: boolean;
  /** The model in the home's settings. */
  readonly chosen: StandIn | undefined;
  /** Whether the environment has `CI`. */
  readonly ci: boolean;
  /** Whether the small model's file is here. */
  readonly smallIsHere: () => Promise<boolean>;
  /** Whether the weights of {@link STAND_IN_ID} are here, in Cria's folder or in another program's. */
  readonly bestIsHere: () => Promise<boolean>;
  /** Memory that this process may use, in bytes. */
  readonly memoryBytes: number;
  /** Free space in Cria's folder, in bytes; undefined if the system doesn't say. */
  readonly freeBytes: () => Promise<number | undefined>;
  /** Why the hub doesn't give a model's file, as a sentence's end; undefined if it does, or the file is here. */
  readonly hubProblem: (standIn: StandIn) => Promise<string | undefined>;
}

/**
 * The free space on the disk that each model is worth, in bytes: its file, and some 1.5 to 2 GB for the disk's other uses. With less,
 * only the small model is downloaded unasked.
 */
const BEST_FREE_BYTES = 3_000_000_000;
const MEDIUM_FREE_BYTES = 2_000_000_000;

/** The share of the memory that a stand-in may take unasked. The rest is for the system, a browser, and the program under test. */
const UNASKED_SHARE = 0.5;

/** What `cria serve` uses by default: four sequences of 8,192 tokens. */
const LAYOUT: CacheLayout = { sequences: 4, halfSequences: 0, kvCacheType: "f16" };
const CONTEXT_SIZE = 8192;

const best: StandIn = { kind: "weights", weights: weightsOf(STAND_IN_ID) };
const medium: StandIn = { kind: "entry", entry: mediumModel };

/** The models that may be downloaded unasked, the best first. */
const candidates: readonly Candidate[] = [
  { standIn: best, shape: weightsOf(STAND_IN_ID).shape, freeBytes: BEST_FREE_BYTES },
  { standIn: medium, shape: mediumModelCache, freeBytes: MEDIUM_FREE_BYTES },
];

interface Candidate {
  readonly standIn: StandIn;
  readonly shape: CacheShape;
  /** The free space that it needs. */
  readonly freeBytes: number;
}

/** The choice that is made already, without a look at machine and network; undefined if there is none. */
export async function settledStandIn(facts: StandInFacts): Promise<StandInChoice | undefined> {
  if (facts.small) return chosen(SMALL, "option");
  if (facts.chosen !== undefined) return chosen(facts.chosen, "settings");
  if (facts.ci) return chosen(SMALL, "ci");
  if (await facts.smallIsHere()) return chosen(SMALL, "kept");
  return undefined;
}

/** Chooses the stand-in of a home. The hub is asked only if a model has to be downloaded. */
export async function chooseStandIn(facts: StandInFacts): Promise<StandInChoice> {
  const settled = await settledStandIn(facts);
  if (settled !== undefined) return settled;
  const choice = await bestThatFits(facts);
  if (choice.standIn === SMALL || (choice.standIn === best && (await facts.bestIsHere()))) return choice;
  const problem = await facts.hubProblem(choice.standIn);
  return problem === undefined ? choice : chosen(SMALL, "hub", problem);
}

/** The best model for which this machine has room: what `cria setup --model default` downloads. */
export async function bestThatFits(
  facts: Pick<StandInFacts, "freeBytes" | "memoryBytes" | "bestIsHere">,
): Promise<StandInChoice> {
  const free = await facts.freeBytes();
  const bestIsHere = await facts.bestIsHere();
  let short: Pick<StandInChoice, "reason" | "detail"> = { reason: "best", detail: "" };
  for (const { standIn, shape, freeBytes } of candidates) {
    const bytes = downloadOf(standIn)?.bytes ?? 0;
    if (memoryNeed(bytes, shape, LAYOUT, CONTEXT_SIZE) > facts.memoryBytes * UNASKED_SHARE) {
      short = { reason: "memory", detail: `${formatBytes(facts.memoryBytes)} of memory` };
    } else if (free === undefined || free >= freeBytes || (standIn === best && bestIsHere)) {
      return { standIn, ...short };
    } else {
      short = { reason: "disk", detail: `${formatBytes(free)} of free space on the disk` };
    }
  }
  return { standIn: SMALL, ...short };
}

function chosen(standIn: StandIn, reason: StandInReason, detail = ""): StandInChoice {
  return { standIn, reason, detail };
}

/** Why this model stands in, as the end of a sentence after "since". */
export function whyChosen({ reason, detail }: StandInChoice): string {
  switch (reason) {
    case "option":
      return "--small asks for it";
    case "settings":
      return "it was chosen for this folder before";
    case "kept":
      return "it is here already";
    case "ci":
      return "the environment has CI";
    case "best":
      return "it answers best of those that are downloaded unasked";
    case "disk":
    case "memory":
      return `this machine has ${detail}`;
    case "hub":
      return `a better one can't be downloaded: ${detail}`;
  }
}
