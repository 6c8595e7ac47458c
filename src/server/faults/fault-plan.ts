import type { RandomSource } from "../../bedrock/index.js";
import type { Fault } from "./fault.js";

/** The faults asked for, and which requests get them. Its owner may replace them while a server runs. */
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

  /** The faults of one request: those that its operation and their rate allow. @internal */
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

/** A fault of the plan. */
export interface PlannedFault {
  readonly fault: Fault;
  /** How many requests it may still be injected into. */
  left: number;
}

/** Picks a fault. */
export type FaultFilter = (fault: Fault) => boolean;

/**
 * The faults that may be injected into one request, each once. A fault counts as used when it is injected, not before: a request that
 * is refused for another reason leaves it to the next one.
 */
export class RequestFaults {
  readonly #open: Set<PlannedFault>;

  /** Whether one keeps the request waiting now, so that its silence isn't the engine's. */
  injecting = false;

  /** @param planned - in the order asked for */
  constructor(planned: readonly PlannedFault[] = []) {
    this.#open = new Set(planned);
  }

  /** Whether one that fits is left. */
  has(fits: FaultFilter): boolean {
    return this.#find(fits) !== undefined;
  }

  /** Takes the first that fits, in the order asked for. */
  take(fits: FaultFilter): Fault | undefined {
    const found = this.#find(fits);
    if (!found) return undefined;
    found.left -= 1;
    this.#open.delete(found);
    return found.fault;
  }

  #find(fits: FaultFilter): PlannedFault | undefined {
    for (const planned of this.#open) if (planned.left > 0 && fits(planned.fault)) return planned;
    return undefined;
  }
}
