import type { LlamaModel } from "../bedrock/index.js";
import type { Engine, EngineCapabilities, EngineHealth, EngineModel } from "../engine/index.js";

/** The engines that answer for Bedrock's models, with their real weights or with a stand-in. */
export interface Fleet {
  /** Whether the model's real weights would answer. */
  serves(model: LlamaModel): Promise<boolean>;

  /** What the engine that would answer for a model can do, whether or not it is running. */
  capabilities(model: LlamaModel): EngineCapabilities;

  /**
   * The engine that answers for a model. It stays open until the lease is released.
   *
   * @param deadline - until when to wait for memory, in ms since 1970
   * @throws {EngineBusyError} the memory is used by engines that are busy.
   * @throws {EngineUnavailableError} the model needs more memory than there is, or the fleet is closed.
   * @throws `signal.reason` once aborted.
   */
  lease(model: LlamaModel, deadline: number, signal: AbortSignal): Promise<Lease>;

  /**
   * Resolves with the preloaded models once they are loaded.
   *
   * @throws {EngineUnavailableError} one can't be loaded.
   */
  ready(): Promise<readonly EngineModel[]>;

  /** Whether the fleet would take a request now, and if not, why. */
  health(): EngineHealth;

  /** The ids of the models that nobody can answer for now, because their upstreams are down. */
  unavailable(): readonly string[];

  /** The names of the models that are loaded now. */
  loaded(): readonly string[];

  /** The engines that there are now, for those who watch them. */
  engines(): readonly FleetEngine[];

  /** The servers and services that answer for models in place of this machine, in the order in which they are asked. */
  upstreams(): readonly FleetUpstream[];

  /** Ends every generation and frees all memory, except for an engine that the caller of `serve()` owns. Safe to call twice. */
  close(): Promise<void>;
}

/** An engine of a fleet. */
export interface FleetEngine {
  /** The id of the model that it answers for, or the name of the model that it has; never a path. */
  readonly model: string;
  readonly engine: Engine;
}

/** An upstream of a fleet. */
export interface FleetUpstream {
  /** The id of the model that it answers for. */
  readonly model: string;
  /** What the log calls it: its host and port, or the service. */
  readonly name: string;
  /** Whether it can answer now. */
  readonly ready: boolean;
}

/** An engine that is kept open for one request. */
export interface Lease {
  readonly engine: Engine;
  /** Whether another model stands in for the one that was asked for. */
  readonly standIn: boolean;
  /** The name of the model that answers, where it isn't of the family that was asked for. @default absent */
  readonly answersAs?: string;
  /** Releases the engine, which may then be closed to make room for another. Calling it again does nothing. */
  readonly release: () => void;
}
