import type { LlamaModel } from "../bedrock/index.js";
import type { Engine, EngineCapabilities, EngineHealth, EngineModel } from "../engine/index.js";

/** What answers for Bedrock's models: their real weights, or a stand-in. */
export interface Fleet {
  /** Whether a model's real weights would answer. */
  serves(model: LlamaModel): Promise<boolean>;

  /** What the engine that would answer for a model can do, whether it runs or not. */
  capabilities(model: LlamaModel): EngineCapabilities;

  /**
   * The engine that answers for a model, kept until it's released.
   *
   * @param deadline - until when there must be room for it, in ms since 1970
   * @throws {EngineBusyError} the memory is taken by engines that don't rest.
   * @throws {EngineUnavailableError} there will never be memory enough, or all is closed.
   * @throws `signal.reason` once aborted.
   */
  lease(model: LlamaModel, deadline: number, signal: AbortSignal): Promise<Lease>;

  /**
   * The models that are loaded from the start, once they are.
   *
   * @throws {EngineUnavailableError} one can't be.
   */
  ready(): Promise<readonly EngineModel[]>;

  /** Whether a request would be taken now, and if not, why. */
  health(): EngineHealth;

  /** The names of what is loaded now. */
  loaded(): readonly string[];

  /** Ends every generation and frees all memory, but for engines that are somebody else's. Safe to call twice. */
  close(): Promise<void>;
}

/** An engine, for as long as one request needs it. */
export interface Lease {
  readonly engine: Engine;
  /** Whether its weights are others than those of the model asked for. */
  readonly standIn: boolean;
  /** Lets the engine go: it may be closed to make room for another. Calling it again does nothing. */
  readonly release: () => void;
}
