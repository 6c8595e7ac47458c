import type { RandomSource } from "../bedrock/index.js";
import type { Fleet } from "../fleet/index.js";
import type { Authenticator } from "./access/index.js";
import type { FaultPlan } from "./faults/index.js";
import type { ServerLimits } from "./limits.js";

/** What the operations work with. */
export interface Services {
  /** What answers. */
  readonly fleet: Fleet;
  /** Refuse what only a stand-in could answer. */
  readonly strict: boolean;
  /** Where the length of a frame's padding comes from; false for none. */
  readonly padding: RandomSource | false;
  /** Told once, when a stand-in answers for the first time. */
  readonly onStandIn: (name: string) => void;
  /** Who may call. */
  readonly authenticator: Authenticator;
  /** What is to go wrong. */
  readonly faults: FaultPlan;
  readonly limits: ServerLimits;
}
