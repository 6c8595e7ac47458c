import { basename } from "node:path";

import type { LlamaModel } from "../bedrock/index.js";
import {
  type Engine,
  EngineBusyError,
  type EngineCapabilities,
  type EngineHealth,
  type EngineModel,
  EngineUnavailableError,
  withAdmission,
} from "../engine/index.js";
import type { CacheLayout } from "../models/index.js";
import { formatBytes, until } from "../platform/index.js";
import type { Fleet, FleetEngine, FleetUpstream, Lease } from "./fleet.js";
import { PoolSlot, type PoolWeights } from "./pool-slot.js";

export interface EnginePoolOptions<W extends PoolWeights = PoolWeights> {
  /** Finds a model's real weights on this machine. */
  readonly find: (model: LlamaModel) => Promise<W | undefined>;
  /**
   * Finds the weights that stand in for all others, and fetches them if they aren't here. Called when they are first needed, and again
   * after a failure.
   *
   * @param signal - aborted when the pool is closed
   */
  readonly standIn: (signal: AbortSignal) => Promise<W>;
  /** Starts an engine, which has its own process. */
  readonly start: (weights: W, layout: CacheLayout) => Engine;
  /** What each of these engines can do. */
  readonly capabilities: EngineCapabilities;
  /** Memory that all engines together may use, in bytes, by estimate. */
  readonly budgetBytes: number;
  /**
   * The layouts for an engine, in order of preference: it runs with the first one that fits into the budget.
   *
   * @throws {EngineUnavailableError} there is none.
   */
  readonly layouts: (weights: W) => readonly CacheLayout[];
  /** The models to load at the start. */
  readonly preload: readonly LlamaModel[] | "stand-in";
}

/**
 * Several models in one server, each in its own process. A model is loaded when it's first needed and kept as long as the memory
 * budget allows. To make room, the least recently used one is closed, once its requests are done.
 */
export class EnginePool<W extends PoolWeights = PoolWeights> implements Fleet {
  readonly #options: EnginePoolOptions<W>;
  readonly #slots = new Map<string, PoolSlot>();
  readonly #names = new Map<PoolSlot, string>();
  readonly #preloaded: Promise<readonly EngineModel[]>;
  /** Requests that need room wait for each other here. */
  #queue: Promise<unknown> = Promise.resolve();
  #standIn: Promise<W> | undefined;
  /** Why the stand-in isn't known; undefined if it is, or isn't needed. */
  #standInProblem: string | undefined;
  readonly #closing = new AbortController();

  constructor(options: EnginePoolOptions<W>) {
    this.#options = options;
    this.#preloaded = this.#preload();
    // `ready()` reports the error; nobody may call it
    this.#preloaded.catch(() => undefined);
  }

  async serves(model: LlamaModel): Promise<boolean> {
    return (await this.#options.find(model)) !== undefined;
  }

  capabilities(): EngineCapabilities {
    return this.#options.capabilities;
  }

  async lease(model: LlamaModel, deadline: number, signal: AbortSignal): Promise<Lease> {
    const found = await this.#options.find(model);
    const weights = found ?? (await until(this.#findStandIn(), deadline, signal, fetching));
    const { slot, release } = await this.#hold(weights, deadline, signal);
    return { engine: slot.engine, standIn: found === undefined, release };
  }

  ready(): Promise<readonly EngineModel[]> {
    return this.#preloaded;
  }

  health(): EngineHealth {
    if (this.#closing.signal.aborted) return { ready: false, reason: CLOSED };
    const all = [...this.#slots.values()].map(({ engine }) => engine.health());
    if (all.length === 0 && this.#standInProblem !== undefined)
      return { ready: false, reason: this.#standInProblem };
    // if one model fails, the others still answer
    const unready = all.find((health) => !health.ready);
    return unready !== undefined && all.every((health) => !health.ready) ? unready : { ready: true };
  }

  unavailable(): readonly string[] {
    return [];
  }

  loaded(): readonly string[] {
    return [...this.#names.values()];
  }

  engines(): readonly FleetEngine[] {
    // weights that were named by their file have its path for a name
    return [...this.#slots.values()].map(({ weights, engine }) => ({
      model: basename(weights.name, ".gguf"),
      engine,
    }));
  }

  upstreams(): readonly FleetUpstream[] {
    return [];
  }

  async close(): Promise<void> {
    this.#closing.abort(new EngineUnavailableError(CLOSED, false));
    // nothing is written any more once this resolves
    await this.#standIn?.catch(() => undefined);
    await Promise.all([...this.#slots.values()].map(({ engine }) => engine.close()));
  }

  async #preload(): Promise<readonly EngineModel[]> {
    const { preload, find } = this.#options;
    const wanted = preload === "stand-in" ? [undefined] : await Promise.all(preload.map(find));
    const weights = await Promise.all(wanted.map(async (each) => each ?? (await this.#findStandIn())));
    const never = new AbortController().signal;
    const engines = new Set<Engine>();
    for (const each of weights) {
      const { slot, release } = await this.#hold(each, Infinity, never);
      engines.add(slot.engine);
      release();
    }
    return Promise.all([...engines].map((engine) => engine.model()));
  }

  /** @throws {EngineUnavailableError} the stand-in can't be had, or the pool is closed. */
  #findStandIn(): Promise<W> {
    if (this.#standIn) return this.#standIn;
    this.#standInProblem = FETCHING;
    const standIn = this.#askForStandIn();
    // whoever waits for it gets the error; all may have gone
    standIn.catch(() => (this.#standIn = undefined));
    return (this.#standIn = standIn);
  }

  async #askForStandIn(): Promise<W> {
    const { signal } = this.#closing;
    try {
      signal.throwIfAborted();
      const weights = await this.#options.standIn(signal);
      this.#standInProblem = undefined;
      return weights;
    } catch (error) {
      signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      this.#standInProblem = message;
      throw new EngineUnavailableError(message, false, { cause: error });
    }
  }

  async #hold(weights: W, deadline: number, signal: AbortSignal): Promise<HeldSlot> {
    const slot = this.#usable(weights);
    return slot ? hold(slot) : this.#startInTurn(weights, deadline, signal);
  }

  #usable({ key }: W): PoolSlot | undefined {
    const slot = this.#slots.get(key);
    return slot?.evicting === false ? slot : undefined;
  }

  /** Makes room for an engine and starts it, when its turn comes. It's leased before the next request's turn. */
  async #startInTurn(weights: W, deadline: number, signal: AbortSignal): Promise<HeldSlot> {
    const before = this.#queue;
    let leave: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (leave = resolve));
    // even if this request gives up, later ones must wait for earlier ones
    this.#queue = before.then(() => turn);
    try {
      await until(before, deadline, signal, busy);
      return hold(this.#usable(weights) ?? (await this.#makeRoom(weights, deadline, signal)));
    } finally {
      leave();
    }
  }

  async #makeRoom(weights: W, deadline: number, signal: AbortSignal): Promise<PoolSlot> {
    const { budgetBytes, start } = this.#options;
    const { layout, bytes } = this.#fit(weights);
    while (this.#takenBytes() + bytes > budgetBytes) await this.#evict(deadline, signal);
    this.#closing.signal.throwIfAborted();
    const slot = new PoolSlot(weights, withAdmission(start(weights, layout)), bytes);
    this.#slots.set(weights.key, slot);
    slot.engine.model().then(
      ({ name }) => this.#names.set(slot, name),
      () => undefined,
    );
    return slot;
  }

  /** The first layout for which the whole budget suffices. */
  #fit(weights: W): { readonly layout: CacheLayout; readonly bytes: number } {
    const { budgetBytes, layouts } = this.#options;
    const choices = layouts(weights).map((layout) => ({ layout, bytes: weights.memoryBytes(layout) }));
    const fits = choices.find(({ bytes }) => bytes <= budgetBytes);
    if (fits) return fits;
    const least = Math.min(...choices.map(({ bytes }) => bytes));
    throw new EngineUnavailableError(
      `${weights.name} needs ${formatBytes(least)} of memory, but all models together may use ${formatBytes(budgetBytes)}. ` +
        "A smaller quantization or context needs less; --memory-budget sets the limit.",
      false,
    );
  }

  #takenBytes(): number {
    return [...this.#slots.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Closes an engine: the least recently used idle one, or if all are busy, the least recently used one once it's idle. */
  async #evict(deadline: number, signal: AbortSignal): Promise<void> {
    const slots = [...this.#slots.values()].sort((a, b) => a.usedAt - b.usedAt);
    const slot = slots.find(({ idle }) => idle) ?? slots[0];
    if (!slot) throw new EngineUnavailableError("No engine can be closed to make room.", false);
    slot.evicting = true;
    try {
      await until(slot.whenIdle(), deadline, signal, busy);
    } catch (error) {
      slot.evicting = false;
      throw error;
    }
    await slot.engine.close();
    this.#slots.delete(slot.weights.key);
    this.#names.delete(slot);
  }
}

const CLOSED = "The engines are closed.";
const FETCHING = "The model that stands in is being downloaded.";

function fetching(): EngineUnavailableError {
  return new EngineUnavailableError(FETCHING, true);
}

/** A slot that is in use. */
interface HeldSlot {
  readonly slot: PoolSlot;
  readonly release: () => void;
}

function hold(slot: PoolSlot): HeldSlot {
  return { slot, release: slot.take() };
}

function busy(): EngineBusyError {
  return new EngineBusyError("The memory is used by models that are answering other requests.");
}
