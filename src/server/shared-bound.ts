import { isLoopback } from "../platform/index.js";

/** Who uses a part of a {@link SharedBound}. */
export interface Holder {
  /** The caller's IP address; "" if it isn't known any more. */
  readonly address: string;
  /** What {@link isBounded} says of it. */
  readonly isBounded: boolean;
  /** Whether the caller has proved a key. */
  readonly proved: boolean;
}

/** What one request holds of a {@link SharedBound}. */
export interface Share {
  /** Takes an amount. @returns false if too little is free for this caller; nothing is taken then */
  reserve(amount: number): boolean;
  /** Notes that the caller has proved a key: what it holds counts among the proved from now on. */
  prove(): void;
  /** Gives back everything taken. */
  release(): void;
}

/**
 * The part of each bound that callers may take who have proved no key, where keys are asked for. The other half is always there for those who
 * have one.
 */
const UNPROVED_PART = 1 / 2;

/**
 * The part of each bound that one address may take, so that no single machine takes all. Generous, for many callers share an address: a team
 * behind a router, or all containers of a host. Loopback is exempt: there everybody does.
 */
const ADDRESS_PART = 3 / 4;

/** Whether the callers of an address share a part of each bound. */
export function isBounded(address: string): boolean {
  return address !== "" && !isLoopback(address);
}

/** The most that one address may take of a bound. */
export function addressBound(total: number): number {
  return Math.ceil(total * ADDRESS_PART);
}

/** An amount that all requests share, such as bytes of memory: bounded in all, for callers without a proved key, and for each address. */
export class SharedBound {
  #total = 0;
  #free = 0;
  #freeForUnproved = 0;
  #ofUnproved = 0;
  readonly #byAddress = new Map<string, number>();

  /** @param total - the bound @param asksForKeys - whether callers must prove a key: only then do those who have count apart */
  constructor(total: number, asksForKeys: boolean) {
    this.limit(total, asksForKeys);
  }

  /** Changes the bound. What is taken stays so, even if it is more: nothing more is given then until enough has come back. */
  limit(total: number, asksForKeys: boolean): void {
    const ofUnproved = asksForKeys ? Math.ceil(total * UNPROVED_PART) : total;
    this.#free += total - this.#total;
    this.#freeForUnproved += ofUnproved - this.#ofUnproved;
    this.#total = total;
    this.#ofUnproved = ofUnproved;
  }

  /** Starts a request's share. It grows with what is taken, not with what is announced. */
  share({ address, isBounded: bounded, proved }: Holder): Share {
    const most = bounded ? addressBound(this.#total) : this.#total;
    let [held, isProved] = [0, proved];
    const add = (amount: number) => {
      this.#free -= amount;
      if (!isProved) this.#freeForUnproved -= amount;
      held += amount;
      if (!bounded) return;
      const ofAddress = (this.#byAddress.get(address) ?? 0) + amount;
      if (ofAddress === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, ofAddress);
    };
    return {
      reserve: (amount) => {
        const free = isProved ? this.#free : Math.min(this.#free, this.#freeForUnproved);
        if (amount > free || (this.#byAddress.get(address) ?? 0) + amount > most) return false;
        add(amount);
        return true;
      },
      prove: () => {
        if (!isProved) this.#freeForUnproved += held;
        isProved = true;
      },
      release: () => add(-held),
    };
  }
}
