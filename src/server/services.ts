import type { Logger } from "pino";

import type { LlamaModel, RandomSource } from "../bedrock/index.js";
import type { Engine } from "../engine/index.js";
import type { Authenticator } from "./auth/authenticator.js";
import type { FaultPlan } from "./faults/fault-plan.js";
import type { ServerLimits } from "./limits.js";

/** What the operations work with. */
export interface Services {
  readonly engine: Engine;
  /** The Bedrock model whose real weights the engine serves; undefined where it serves a stand-in for all of them. */
  readonly as: LlamaModel | undefined;
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
  readonly logger: Logger;
}
