import type { LlamaModel } from "../bedrock/index.js";
import {
  type Engine,
  EngineBusyError,
  type EngineHealth,
  type EngineModel,
  EngineUnavailableError,
  until,
} from "../engine/index.js";
import { formatBytes } from "../platform/index.js";
import type { EngineLease, Engines } from "./fleet.js";
import { PoolSlot, type PoolWeights } from "./pool-slot.js";

export interface EnginePoolOptions<W extends PoolWeights = PoolWeights> {
  /** A model's real weights, if they are here. */
  readonly find: (model: LlamaModel) => Promise<W | undefined>;
  /** What answers where they aren't. */
  readonly standIn: W;
  /** Starts an engine: a process of its own. */
  readonly start: (weights: W, sequences: number) => Engine;
  /** Memory that all engines may take together, in bytes, by estimate. */
  readonly budgetBytes: number;
  /** Generations at once that an engine may run, the most wanted first: the first number whose memory there is, is taken. */
  readonly sequences: readonly number[];
  /** What is loaded from the start. */
  readonly preload: readonly LlamaModel[] | "stand-in";
}

/**
 * Several models in one server, each in a process of its own: loaded when it's first needed, kept as long as the memory budget
 * allows; the one that was needed least recently goes, once the requests it answers are done.
 */
export class EnginePool<W extends PoolWeights = PoolWeights> implements Engines {
  readonly #options: EnginePoolOptions<W>;
  readonly #slots = new Map<string, PoolSlot>();
  readonly #names = new Map<PoolSlot, string>();
  readonly #preloaded: Promise<readonly EngineModel[]>;
  /** Those that need room, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: EnginePoolOptions<W>) {
    this.#options = options;
    this.#preloaded = this.#preload();
    // whoever asks is told; nobody has to
    this.#preloaded.catch(() => undefined);
  }

  async serves(model: LlamaModel): Promise<boolean> {
    return (await this.#options.find(model)) !== undefined;
  }

  async lease(model: LlamaModel, deadline: number, signal: AbortSignal): Promise<EngineLease> {
    const found = await this.#options.find(model);
    const weights = found ?? this.#options.standIn;
    const { slot, release } = await this.#hold(weights, deadline, signal);
    return { engine: slot.engine, standIn: found === undefined, release };
  }

  ready(): Promise<readonly EngineModel[]> {
    return this.#preloaded;
  }

  health(): EngineHealth {
    if (this.#closed) return { ready: false, reason: "The engines are closed." };
    const all = [...this.#slots.values()].map(({ engine }) => engine.health());
    // one model in trouble doesn't keep the others from answering
    const unready = all.find((health) => !health.ready);
    return unready !== undefined && all.every((health) => !health.ready) ? unready : { ready: true };
  }

  loaded(): readonly string[] {
    return [...this.#names.values()];
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#slots.values()].map(({ engine }) => engine.close()));
  }

  async #preload(): Promise<readonly EngineModel[]> {
    const { preload, standIn, find } = this.#options;
    const wanted = preload === "stand-in" ? [standIn] : await Promise.all(preload.map(find));
    const weights = wanted.map((each) => each ?? standIn);
    const never = new AbortController().signal;
    const engines = new Set<Engine>();
    for (const each of weights) {
      const { slot, release } = await this.#hold(each, Infinity, never);
      engines.add(slot.engine);
      release();
    }
    return Promise.all([...engines].map((engine) => engine.model()));
  }

  async #hold(weights: W, deadline: number, signal: AbortSignal): Promise<HeldSlot> {
    const slot = this.#present(weights);
    return slot ? hold(slot) : this.#admit(weights, deadline, signal);
  }

  #present({ key }: W): PoolSlot | undefined {
    const slot = this.#slots.get(key);
    return slot?.leaving === false ? slot : undefined;
  }

  /** Makes room for an engine and starts it, in turn with others that need room; leased before the next one's turn. */
  async #admit(weights: W, deadline: number, signal: AbortSignal): Promise<HeldSlot> {
    const before = this.#queue;
    let leave: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (leave = resolve));
    // also where this request gives up, those behind wait for those in front
    this.#queue = before.then(() => turn);
    try {
      await this.#inTime(before, deadline, signal);
      return hold(this.#present(weights) ?? (await this.#makeRoom(weights, deadline, signal)));
    } finally {
      leave();
    }
  }

  async #makeRoom(weights: W, deadline: number, signal: AbortSignal): Promise<PoolSlot> {
    const { budgetBytes, start } = this.#options;
    const { sequences, bytes } = this.#fit(weights);
    while (this.#takenBytes() + bytes > budgetBytes) await this.#evict(deadline, signal);
    if (this.#closed) throw new EngineUnavailableError("The engines are closed.", false);
    const slot = new PoolSlot(weights, start(weights, sequences), bytes);
    this.#slots.set(weights.key, slot);
    slot.engine.model().then(
      ({ name }) => this.#names.set(slot, name),
      () => undefined,
    );
    return slot;
  }

  /** How many generations at once the whole budget would do for. */
  #fit(weights: W): { readonly sequences: number; readonly bytes: number } {
    const { budgetBytes, sequences: wanted } = this.#options;
    const choices = wanted.map((sequences) => ({ sequences, bytes: weights.memoryBytes(sequences) }));
    const fits = choices.find(({ bytes }) => bytes <= budgetBytes);
    if (fits) return fits;
    const least = choices.at(-1)?.bytes ?? 0;
    throw new EngineUnavailableError(
      `${weights.name} takes ${formatBytes(least)} of memory, and all models together may take ${formatBytes(budgetBytes)}. ` +
        "A smaller quantization or context takes less; --memory-budget allows more.",
      false,
    );
  }

  #takenBytes(): number {
    return [...this.#slots.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Closes one engine: of those that rest the one that was needed least recently, else the one that is the first to rest. */
  async #evict(deadline: number, signal: AbortSignal): Promise<void> {
    const slots = [...this.#slots.values()].sort((a, b) => a.usedAt - b.usedAt);
    const slot = slots.find(({ idle }) => idle) ?? slots[0];
    if (!slot) throw new EngineUnavailableError("No engine can be closed to make room.", false);
    slot.leaving = true;
    try {
      await this.#inTime(slot.rest(), deadline, signal);
    } catch (error) {
      slot.leaving = false;
      throw error;
    }
    await slot.engine.close();
    this.#slots.delete(slot.weights.key);
    this.#names.delete(slot);
  }

  async #inTime(promise: Promise<unknown>, deadline: number, signal: AbortSignal): Promise<void> {
    if (deadline === Infinity) await promise;
    else await until(promise, deadline, signal, busy);
  }
}

/** An engine with a hold on it. */
interface HeldSlot {
  readonly slot: PoolSlot;
  readonly release: () => void;
}

function hold(slot: PoolSlot): HeldSlot {
  return { slot, release: slot.take() };
}

function busy(): EngineBusyError {
  return new EngineBusyError("The memory is taken by models that answer other requests.");
}
