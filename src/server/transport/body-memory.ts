/** One request's part of {@link BodyMemory}. */
export interface BodyShare {
  /** @returns whether so many bytes more may be held; if not, none of them counts */
  take(bytes: number): boolean;
  /** Gives back what was taken. */
  release(): void;
}

/** How many bytes of request bodies may be held at once, over all requests. */
export class BodyMemory {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Bytes count as they come, not as they are declared: a client that sends nothing takes nothing from others. */
  share(): BodyShare {
    let held = 0;
    return {
      take: (bytes) => {
        if (bytes > this.#free) return false;
        this.#free -= bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.#free += held;
        held = 0;
      },
    };
  }
}
