import type { LlamaModel } from "../bedrock/index.js";
import {
  type Engine,
  type EngineCapabilities,
  type EngineHealth,
  type EngineModel,
  withAdmission,
} from "../engine/index.js";
import type { Fleet, FleetEngine, FleetUpstream, Lease } from "./fleet.js";

/** A fleet of one engine, which answers for every model: the one that a caller of `serve()` passes, and closes itself. */
export class SingleEngine implements Fleet {
  readonly #engine: Engine;
  readonly #as: LlamaModel | undefined;
  #name: string | undefined;

  /** @param as - the model whose real weights it has; undefined if it stands in for every model */
  constructor(engine: Engine, as: LlamaModel | undefined) {
    this.#engine = withAdmission(engine);
    this.#as = as;
    engine.model().then(
      ({ name }) => (this.#name = name),
      () => undefined,
    );
  }

  serves(model: LlamaModel): Promise<boolean> {
    return Promise.resolve(this.#isOwn(model));
  }

  capabilities(): EngineCapabilities {
    return this.#engine.capabilities;
  }

  lease(model: LlamaModel): Promise<Lease> {
    return Promise.resolve({
      engine: this.#engine,
      standIn: !this.#isOwn(model),
      release: () => undefined,
    });
  }

  async ready(): Promise<readonly EngineModel[]> {
    return [await this.#engine.model()];
  }

  health(): EngineHealth {
    return this.#engine.health();
  }

  unavailable(): readonly string[] {
    return [];
  }

  loaded(): readonly string[] {
    return this.#name === undefined ? [] : [this.#name];
  }

  engines(): readonly FleetEngine[] {
    const model = this.#as?.id ?? this.#name;
    return model === undefined ? [] : [{ model, engine: this.#engine }];
  }

  upstreams(): readonly FleetUpstream[] {
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #isOwn(model: LlamaModel): boolean {
    return this.#as?.id === model.id;
  }
}
