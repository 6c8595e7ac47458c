import type { RandomSource } from "../../bedrock/index.js";
import type { Fault } from "./fault.js";
import { RequestFaults, type PlannedFault } from "./request-faults.js";

/** Which requests suffer which of the faults asked for. */
export class FaultPlan {
  readonly #planned: readonly PlannedFault[];
  readonly #random: RandomSource;

  /** @param random - what rates are drawn from. @default Math.random */
  constructor(faults: readonly Fault[] = [], random: RandomSource = Math.random) {
    this.#planned = faults.map((fault) => ({ fault, left: fault.count ?? Infinity }));
    this.#random = random;
  }

  /** The faults of one request: those that its operation and their rate allow. */
  draw(operation: string): RequestFaults {
    return new RequestFaults(
      this.#planned.filter(
        ({ fault, left }) =>
          left > 0 &&
          (fault.operation === undefined || fault.operation === operation) &&
          this.#random() < (fault.rate ?? 1),
      ),
    );
  }
}
