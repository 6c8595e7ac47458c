import type { LlamaModel } from "../bedrock/index.js";
import {
  type Engine,
  type EngineCapabilities,
  type EngineHealth,
  type EngineModel,
  EngineUnavailableError,
  UpstreamModelError,
} from "../engine/index.js";
import type { Fleet, FleetEngine, FleetUpstream, Lease } from "./fleet.js";

/** Who answers for a model in place of this machine. */
export interface Upstream {
  /** What the log calls it. */
  readonly name: string;
  /** The engine that asks it; undefined if it gets whole requests. */
  readonly engine?: Engine;
  /** Whether it is known not to answer now. False while nothing is known of it yet. */
  readonly isDown: boolean;
  /** The models that it has for Cria, once it has told; or why it hasn't, within seconds. */
  ready(): Promise<readonly EngineModel[]>;
  health(): EngineHealth;
  close(): Promise<void>;
}

/**
 * The upstreams of some models, each by its model's id, and a fleet for all others. An operation asks the upstreams themselves, one after
 * the other; nothing else ever answers for a model that has some.
 */
export class UpstreamFleet implements Fleet {
  readonly #upstreams: ReadonlyMap<string, readonly Upstream[]>;
  readonly #rest: Fleet;

  /** @param upstreams - at least one for each model's id, in the order in which they are asked; closed with this fleet, as `rest` is */
  constructor(upstreams: ReadonlyMap<string, readonly Upstream[]>, rest: Fleet) {
    this.#upstreams = upstreams;
    this.#rest = rest;
  }

  async serves(model: LlamaModel): Promise<boolean> {
    return this.#upstreams.has(model.id) || this.#rest.serves(model);
  }

  capabilities(model: LlamaModel): EngineCapabilities {
    return this.#rest.capabilities(model);
  }

  /** @throws {EngineUnavailableError} the model has upstreams: they are to be asked. */
  async lease(model: LlamaModel, deadline: number, signal: AbortSignal): Promise<Lease> {
    if (this.#upstreams.has(model.id))
      throw new EngineUnavailableError(`Upstreams answer for ${model.id}, and no engine here.`, false);
    return this.#rest.lease(model, deadline, signal);
  }

  /**
   * Those of the upstreams that answer now; one that doesn't is told by {@link health}, and may come later.
   *
   * @throws {UpstreamModelError} a server has several models and none was named, or not the one that was.
   */
  async ready(): Promise<readonly EngineModel[]> {
    const upstreams = await Promise.allSettled(this.#all().map((each) => each.ready()));
    for (const each of upstreams) {
      if (each.status === "rejected" && each.reason instanceof UpstreamModelError) throw each.reason;
    }
    const there = upstreams.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    return [...there, ...(await this.#rest.ready())];
  }

  /** Ready while anything can answer: an upstream of some model, or a model that is loaded here. */
  health(): EngineHealth {
    const rest = this.#rest.health();
    if (rest.ready && this.#rest.loaded().length > 0) return rest;
    if (this.#all().some((upstream) => upstream.health().ready)) return { ready: true };
    // whoever may ask needn't know who the upstreams are; the log says why they don't answer
    return { ready: false, reason: `No upstream answers for ${[...this.#upstreams.keys()].join(", ")}.` };
  }

  unavailable(): readonly string[] {
    return [...this.#upstreams].filter(([, each]) => each.every(({ isDown }) => isDown)).map(([id]) => id);
  }

  loaded(): readonly string[] {
    return this.#rest.loaded();
  }

  engines(): readonly FleetEngine[] {
    const upstreams = [...this.#upstreams].flatMap(([model, each]) =>
      each.flatMap(({ engine }) => (engine ? [{ model, engine }] : [])),
    );
    return [...upstreams, ...this.#rest.engines()];
  }

  upstreams(): readonly FleetUpstream[] {
    return [...this.#upstreams].flatMap(([model, each]) =>
      each.map((upstream) => ({ model, name: upstream.name, ready: upstream.health().ready })),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all(), this.#rest].map((each) => each.close()));
  }

  /** Each once: one may answer for several models. */
  #all(): readonly Upstream[] {
    return [...new Set([...this.#upstreams.values()].flat())];
  }
}
