import type { RandomSource } from "../../bedrock/index.js";
import type { Fault } from "./fault.js";
import { RequestFaults, type PlannedFault } from "./request-faults.js";

/** Which requests suffer which of the faults asked for. Its owner may ask for others while a server runs. */
export class FaultPlan {
  #planned: readonly PlannedFault[] = [];
  readonly #random: RandomSource;

  /** @param random - what rates are drawn from. @default Math.random */
  constructor(faults: readonly Fault[] = [], random: RandomSource = Math.random) {
    this.#random = random;
    this.replace(faults);
  }

  /** Asks for these from the next request on, and for none of those before. */
  replace(faults: readonly Fault[]): void {
    this.#planned = faults.map((fault) => ({ fault, left: fault.count ?? Infinity }));
  }

  /** What is asked for now. */
  get asked(): readonly Fault[] {
    return this.#planned.map(({ fault }) => fault);
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
