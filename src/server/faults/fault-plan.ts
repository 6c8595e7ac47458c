import type { RandomSource } from "../../bedrock/index.js";
import type { Fault } from "./fault.js";

/** Which requests suffer which of the faults asked for. */
export class FaultPlan {
  readonly #faults: readonly { readonly fault: Fault; left: number }[];
  readonly #random: RandomSource;

  /** @param random - what rates are drawn from. @default Math.random */
  constructor(faults: readonly Fault[] = [], random: RandomSource = Math.random) {
    this.#faults = faults.map((fault) => ({ fault, left: fault.count ?? Infinity }));
    this.#random = random;
  }

  /** The fault of one request: the first, in the order asked for, that its operation, count and rate allow. */
  draw(operation: string): Fault | undefined {
    const found = this.#faults.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.operation === undefined || fault.operation === operation) &&
        this.#random() < (fault.rate ?? 1),
    );
    if (!found) return undefined;
    found.left -= 1;
    return found.fault;
  }
}
