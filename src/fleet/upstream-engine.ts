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

/**
 * How long the first answer of a server is waited for, at the start and when a configuration changes: longer than one takes that is there. Then its model is
 * unavailable until it answers.
 */
const FIRST_ANSWER_MS = 5_000;

/** An engine at another server, as the fleet of the one model that it answers for. It is closed with this. */
export class UpstreamEngine implements Fleet, Upstream {
  readonly engine: Engine;
  /** Its first answer, or why there is none in time. */
  readonly #first: Promise<EngineModel>;
  /** Whether there is one, or none in time. */
  #asked = false;

  /** @param name - the server, for the log: its host and port */
  constructor(
    readonly name: string,
    engine: Engine,
  ) {
    this.engine = withAdmission(engine);
    this.#first = until(this.engine.model(), Date.now() + FIRST_ANSWER_MS, undefined, late);
    const settled = () => (this.#asked = true);
    this.#first.then(settled, settled);
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
    return [await (this.engine.health().ready ? this.engine.model() : this.#first)];
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
