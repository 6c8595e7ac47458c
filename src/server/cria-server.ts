import type { EngineModel } from "../engine/index.js";
import type { AuthMode } from "./access/auth-mode.js";

/** A running server, as {@link serve} gives it. */
export interface CriaServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:2742`; with TLS `https://…`, though the port speaks both. */
  readonly url: string;
  readonly port: number;
  /** Who may call. */
  readonly auth: AuthMode;
  /** The file of a certificate of Cria's own, which programs must be made to trust; {@link env} does it. */
  readonly certificateFile: string | undefined;
  /**
   * Resolves once what is loaded from the start is loaded.
   *
   * @returns the models; none where nothing is loaded before it's needed
   * @throws {EngineUnavailableError} one can't be.
   * @throws `signal.reason` of the options, once aborted.
   */
  ready(): Promise<readonly EngineModel[]>;
  /**
   * The environment in which a program's AWS SDK finds this server: endpoints, a region where none is set, no proxy, and trust
   * in a certificate of Cria's own. Where anyone may call, dummy keys and nothing that leads to real ones; where only those
   * with a key may, the one in `CRIA_ACCESS_KEY_ID` and its like, else the credentials that `base` has.
   *
   * @param base - what the program would run in otherwise. @default process.env
   */
  env(base?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /**
   * Takes no more requests, lets those that run finish, then ends them with an exception, and closes. Calling it again
   * waits for the same, unless with a shorter time.
   */
  close(options?: {
    /** How long running requests may go on. @default 10000 */
    readonly graceMs?: number;
  }): Promise<void>;
}
