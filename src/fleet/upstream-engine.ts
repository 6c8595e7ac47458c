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
import type { Fleet, FleetEngine, FleetUpstream, Lease } from "./fleet.js";
import type { Upstream } from "./upstream-fleet.js";

/** An engine at another server, as the fleet of the one model that it answers for. It is closed with this. */
export class UpstreamEngine implements Fleet, Upstream {
  readonly engine: Engine;
  /** Whether the server has answered, or failed to, for the first time. */
  #asked = false;

  /** @param name - the server, for the log: its host and port */
  constructor(
    readonly name: string,
    engine: Engine,
  ) {
    this.engine = withAdmission(engine);
    const settled = () => (this.#asked = true);
    this.engine.model().then(settled, settled);
  }

  get isDown(): boolean {
    return this.#asked && !this.engine.health().ready;
  }

  serves(): Promise<boolean> {
    return Promise.resolve(true);
  }

  capabilities(): EngineCapabilities {
    return this.engine.capabilities;
  }

  async lease(_model: LlamaModel, deadline: number, signal: AbortSignal): Promise<Lease> {
    const { engine } = this;
    const { name } = await until(this.#askModel(), deadline, signal, late);
    return { engine, standIn: false, ...(!isLlama(name) && { answersAs: name }), release: () => undefined };
  }

  async ready(): Promise<readonly EngineModel[]> {
    return [await this.engine.model()];
  }

  health(): EngineHealth {
    return this.engine.health();
  }

  unavailable(): readonly string[] {
    return [];
  }

  loaded(): readonly string[] {
    return [];
  }

  engines(): readonly FleetEngine[] {
    return [];
  }

  upstreams(): readonly FleetUpstream[] {
    return [];
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  async #askModel(): Promise<EngineModel> {
    try {
      return await this.engine.model();
    } catch (error) {
      // its message has the server's host and models, which are for whoever runs Cria
      if (error instanceof UpstreamModelError)
        throw new EngineUnavailableError(NO_MODEL, false, { cause: error });
      throw error;
    }
  }
}

const NO_MODEL = "The server doesn't have the model that was named for it.";

function late(): EngineUnavailableError {
  return new EngineUnavailableError("The server that has the model doesn't answer.", true);
}

/** Whether a name says that the model is a Llama. Servers call their models as they like, and tell no more. */
export function isLlama(name: string): boolean {
  return /llama/iu.test(name);
}
