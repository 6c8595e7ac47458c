import type { LlamaModel } from "../bedrock/index.js";
import {
  type Engine,
  type EngineCapabilities,
  type EngineHealth,
  type EngineModel,
  EngineUnavailableError,
  UpstreamModelError,
  withAdmission,
} from "../engine/index.js";
import { until } from "../platform/index.js";
import type { Fleet, FleetEngine, Lease } from "./fleet.js";

/** Other servers that answer for some models, each by its model's id, and a fleet for all others. */
export class UpstreamFleet implements Fleet {
  readonly #upstreams: ReadonlyMap<string, Engine>;
  readonly #rest: Fleet;

  /** @param upstreams - an engine for each model's id; closed with this fleet, as `rest` is */
  constructor(upstreams: ReadonlyMap<string, Engine>, rest: Fleet) {
    this.#upstreams = new Map([...upstreams].map(([id, engine]) => [id, withAdmission(engine)]));
    this.#rest = rest;
  }

  async serves(model: LlamaModel): Promise<boolean> {
    return this.#upstreams.has(model.id) || this.#rest.serves(model);
  }

  capabilities(model: LlamaModel): EngineCapabilities {
    return this.#upstreams.get(model.id)?.capabilities ?? this.#rest.capabilities(model);
  }

  async lease(model: LlamaModel, deadline: number, signal: AbortSignal): Promise<Lease> {
    const engine = this.#upstreams.get(model.id);
    // a server that is gone never makes another model answer in its place
    if (!engine) return this.#rest.lease(model, deadline, signal);
    const { name } = await until(askModel(engine), deadline, signal, late);
    return { engine, standIn: false, ...(!isLlama(name) && { answersAs: name }), release: () => undefined };
  }

  /**
   * Those of the upstreams that answer now; one that doesn't is told by {@link health}, and may come later.
   *
   * @throws {UpstreamModelError} a server has several models and none was named, or not the one that was.
   */
  async ready(): Promise<readonly EngineModel[]> {
    const upstreams = await Promise.allSettled([...this.#upstreams.values()].map((engine) => engine.model()));
    for (const each of upstreams) {
      if (each.status === "rejected" && each.reason instanceof UpstreamModelError) throw each.reason;
    }
    const there = upstreams.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    return [...there, ...(await this.#rest.ready())];
  }

  health(): EngineHealth {
    const all = [...this.#upstreams.values(), this.#rest].map((each) => each.health());
    return all.find(({ ready }) => !ready) ?? { ready: true };
  }

  loaded(): readonly string[] {
    return this.#rest.loaded();
  }

  engines(): readonly FleetEngine[] {
    const upstreams = [...this.#upstreams].map(([model, engine]) => ({ model, engine }));
    return [...upstreams, ...this.#rest.engines()];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#upstreams.values(), this.#rest].map((each) => each.close()));
  }
}

async function askModel(engine: Engine): Promise<EngineModel> {
  try {
    return await engine.model();
  } catch (error) {
    if (error instanceof UpstreamModelError)
      throw new EngineUnavailableError(error.message, false, { cause: error });
    throw error;
  }
}

function late(): EngineUnavailableError {
  return new EngineUnavailableError("The server that has the model doesn't answer.", true);
}

/** Whether a name says that the model is a Llama. Servers call their models as they like, and tell no more. */
export function isLlama(name: string): boolean {
  return /llama/iu.test(name);
}
