import { parseModelId } from "../../../src/bedrock/index.js";
import type { GenerateRequest, Script } from "../../../src/engine/index.js";
import { FaultPlan, serve, type CriaServer, type Fault } from "../../../src/server/index.js";
import {
  until,
  recordingEngine,
  recordingLogger,
  type LogLine,
  type RecordingEngine,
} from "../../server/support/start.js";
import { isEncrypted, titleOf, type Column } from "./columns.js";
import { keysFile } from "./keys.js";
import { operations, protocolOf } from "./operations.js";
import { MODEL_ID } from "./target.js";

/** How Cria answers the requests of one case. */
export interface Scene {
  /** What the engine generates. @default {@link hello} */
  readonly script?: Script;
  /** The faults to inject. @default none */
  readonly faults?: readonly Fault[];
}

/** The default answer: 5 tokens, including the end-of-sequence token. */
export const hello = { tokens: [" Hello", ",", " llama", " \u{1f999}"] } satisfies Script;

/** The text of {@link hello}. */
export const HELLO_TEXT = " Hello, llama \u{1f999}";

/** A Cria server for one column of the matrix, with a scripted engine that records its requests. */
export class CriaTarget {
  readonly server: CriaServer;
  readonly #column: Column;
  readonly #engine: RecordingEngine;
  readonly #lines: LogLine[];
  readonly #faults: FaultPlan;
  readonly #setScript: (script: Script) => void;
  #sceneStartedAt = Date.now();

  private constructor(
    column: Column,
    server: CriaServer,
    parts: {
      readonly engine: RecordingEngine;
      readonly lines: LogLine[];
      readonly faults: FaultPlan;
      readonly setScript: (script: Script) => void;
    },
  ) {
    this.#column = column;
    this.server = server;
    this.#engine = parts.engine;
    this.#lines = parts.lines;
    this.#faults = parts.faults;
    this.#setScript = parts.setScript;
  }

  /** Starts a server that requires a key, so that every request's signature is verified. */
  static async start(column: Column): Promise<CriaTarget> {
    let current: Script = hello;
    const engine = recordingEngine(() => current);
    const { logger, lines } = recordingLogger();
    const faults = new FaultPlan();
    const as = parseModelId(MODEL_ID)?.model.id;
    const server = await serve({
      engine,
      as,
      logger,
      faults,
      auth: "keys",
      keysFile: await keysFile(),
      tls: isEncrypted(column) ? "self-signed" : undefined,
    });
    const setScript = (script: Script) => (current = script);
    return new CriaTarget(column, server, { engine, lines, faults, setScript });
  }

  /** Begins a case: sets the script and the faults, and forgets earlier requests. */
  play({ script = hello, faults = [] }: Scene = {}): void {
    this.#setScript(script);
    this.#faults.replace(faults);
    this.#lines.length = 0;
    this.#engine.requests.length = 0;
    this.#sceneStartedAt = Date.now();
  }

  /** The engine's requests in this case. */
  get generated(): readonly GenerateRequest[] {
    return this.#engine.requests;
  }

  /**
   * The server's log records of this case's requests, once there are `count` of them. A record is written when the server has
   * finished the request, which may be after the client has.
   *
   * @throws {Error} there are more or, within 5 s, fewer; or a request came over another protocol than the column's.
   */
  async records(count: number): Promise<readonly LogLine[]> {
    await until(() => this.#recorded().length >= count, `a record of ${count} requests`).catch(
      () => undefined,
    );
    const records = this.#recorded();
    const other = records.find((record) => {
      const operation = operations.find((name) => name === record["operation"]);
      return !operation || record["protocol"] !== protocolOf(this.#column, operation);
    });
    if (records.length === count && other === undefined) return records;
    throw new Error(
      `not ${count} requests over the protocol of ${titleOf(this.#column)}, but these:\n${JSON.stringify(records, null, 1)}`,
    );
  }

  /** Leaves out the requests of an earlier case that ended during this one. */
  #recorded(): readonly LogLine[] {
    return this.#lines.filter((line) => {
      if (line["requestId"] === undefined) return false;
      // the duration is rounded
      return Number(line["time"]) - Number(line["durationMs"]) >= this.#sceneStartedAt - 1;
    });
  }
}
