import { parseModelId } from "../../../src/bedrock/index.js";
import type { GenerateRequest, Script } from "../../../src/engine/index.js";
import { FaultPlan, serve, type CriaServer, type Fault } from "../../../src/server/index.js";
import {
  until,
  watchedEngine,
  watchedLogger,
  type LogLine,
  type WatchedEngine,
} from "../../server/support/start.js";
import { isEncrypted, titleOf, type Column } from "./columns.js";
import { keysFile } from "./keys.js";
import { operations, protocolOf } from "./operations.js";
import { MODEL_ID } from "./target.js";

/** What Cria is to do with the requests of one case. */
export interface Scene {
  /** What the engine generates. @default {@link hello} */
  readonly script?: Script;
  /** What goes wrong. @default nothing */
  readonly faults?: readonly Fault[];
}

/** What is generated unless a case says otherwise: 5 tokens, the end-of-sequence token among them. */
export const hello: Script = { tokens: [" Hello", ",", " llama", " \u{1f999}"] };

/** What {@link hello} reads as. */
export const HELLO_TEXT = " Hello, llama \u{1f999}";

/** A Cria for one column of the matrix, with an engine that plays what it's told, and a record of all that was asked. */
export class CriaTarget {
  readonly server: CriaServer;
  readonly #column: Column;
  readonly #engine: WatchedEngine;
  readonly #lines: LogLine[];
  readonly #faults: FaultPlan;
  readonly #setScript: (script: Script) => void;
  #sceneStartedAt = Date.now();

  private constructor(
    column: Column,
    server: CriaServer,
    parts: {
      readonly engine: WatchedEngine;
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

  /** Starts one that lets in only those with a key, so that every request's signature is verified. */
  static async start(column: Column): Promise<CriaTarget> {
    let current = hello;
    const engine = watchedEngine(() => current);
    const { logger, lines } = watchedLogger();
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

  /** Begins a case: from here on this is what happens, and what came before is forgotten. */
  play({ script = hello, faults = [] }: Scene = {}): void {
    this.#setScript(script);
    this.#faults.replace(faults);
    this.#lines.length = 0;
    this.#engine.requests.length = 0;
    this.#sceneStartedAt = Date.now();
  }

  /** What the engine was asked in this case. */
  get generated(): readonly GenerateRequest[] {
    return this.#engine.requests;
  }

  /**
   * The server's records of this case's requests, once there are as many as `count`: a record is written when the server is
   * done with the request, which may be after its caller.
   *
   * @throws {Error} there are more, or not as many within 5 s; or one came over another protocol than the column's.
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

  /** Without those of an earlier case that ended only now. */
  #recorded(): readonly LogLine[] {
    return this.#lines.filter((line) => {
      if (line["requestId"] === undefined) return false;
      // the duration is rounded
      return Number(line["time"]) - Number(line["durationMs"]) >= this.#sceneStartedAt - 1;
    });
  }
}
