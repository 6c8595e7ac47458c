import type { RandomSource } from "../../bedrock/index.js";
import type { Fault } from "./fault.js";

/** The faults to inject, and the choice of requests that get them. The faults can be replaced while a server runs. */
export class FaultPlan {
  #planned: readonly PlannedFault[] = [];
  readonly #random: RandomSource;

  /** @param random - the random source for rates. @default Math.random */
  constructor(faults: readonly Fault[] = [], random: RandomSource = Math.random) {
    this.#random = random;
    this.replace(faults);
  }

  /** Replaces all faults, from the next request on. */
  replace(faults: readonly Fault[]): void {
    this.#planned = faults.map((fault) => ({ fault, left: fault.count ?? Infinity }));
  }

  /** The faults that are set now. */
  get asked(): readonly Fault[] {
    return this.#planned.map(({ fault }) => fault);
  }

  /** Selects the faults for one request, by operation, rate and count. @internal */
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

/** Selects faults. */
export type FaultFilter = (fault: Fault) => boolean;

/**
 * The faults that may be injected into one request, each at most once. A fault counts as used when it is injected: a request that is
 * refused before leaves it to the next request.
 */
export class RequestFaults {
  readonly #pending: Set<PlannedFault>;

  /** Whether a fault is delaying the request now, so that its silence isn't the engine's. */
  injecting = false;

  /** @param planned - in the order they were given */
  constructor(planned: readonly PlannedFault[] = []) {
    this.#pending = new Set(planned);
  }

  /** Whether a fault that matches is left. */
  has(matches: FaultFilter): boolean {
    return this.#find(matches) !== undefined;
  }

  /** Takes the first fault that matches, in the order they were given. */
  take(matches: FaultFilter): Fault | undefined {
    const found = this.#find(matches);
    if (!found) return undefined;
    found.left -= 1;
    this.#pending.delete(found);
    return found.fault;
  }

  #find(matches: FaultFilter): PlannedFault | undefined {
    for (const planned of this.#pending) if (planned.left > 0 && matches(planned.fault)) return planned;
    return undefined;
  }
}
