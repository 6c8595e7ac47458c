import type { Fault } from "./fault.js";

/** A fault of the plan. */
export interface PlannedFault {
  readonly fault: Fault;
  /** How many requests it may still strike. */
  left: number;
}

/** Picks a fault. */
export type FaultFilter = (fault: Fault) => boolean;

/**
 * The faults that one request may suffer, each once. A fault is used up when it strikes, not before: a request that is refused
 * for another reason leaves it to the next one.
 */
export class RequestFaults {
  readonly #open: Set<PlannedFault>;

  /** @param planned - in the order asked for */
  constructor(planned: readonly PlannedFault[] = []) {
    this.#open = new Set(planned);
  }

  /** Whether one that fits may still strike. */
  has(fits: FaultFilter): boolean {
    return this.#find(fits) !== undefined;
  }

  /** The first that fits, in the order asked for; it strikes now. */
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
