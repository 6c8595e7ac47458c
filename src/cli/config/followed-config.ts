import { type Stats, statSync, unwatchFile, watchFile } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { Logger } from "pino";

import { ConfigError, MOST_PROBLEMS, valueAt } from "../../config/index.js";
import { type CriaServer, FIXED_LIMITS, type ServeOptions } from "../../server/index.js";
import { type LoadedConfig, loadConfig, readBytes } from "./load-config.js";
import { mergeOptions } from "./merge-options.js";
import { placeError } from "./refused-here.js";

/**
 * How often the file is looked at. Looking finds what notices of a file system miss: a folder of Kubernetes' whose link is replaced, a mount from
 * another machine.
 */
const CHECK_MS = 1_000;

/** How a file is watched. */
const WATCHED = { interval: CHECK_MS, persistent: false };

/** How long a file that has changed is left alone: some editors write in several steps. */
const SETTLE_MS = 200;

/**
 * How often a file that can't be used is tried again although it hasn't changed: what it names, such as a key that Kubernetes mounts from elsewhere, may come
 * later than the file.
 */
const RETRY_MS = 5_000;

/** Settings that a running server keeps, as JSON pointers. */
const FIXED = [
  ...["/listen/host", "/listen/port", "/log/format", "/metrics", "/traces"],
  ...["/modelFile", "/as", "/small", "/preload", "/memoryBudget"],
  ...["/sequences", "/contextSize", "/kvCacheType", "/threads"],
  ...FIXED_LIMITS.map((name) => `/limits/${name}`),
];

/** What it takes to follow a file. */
export interface FollowOptions {
  /** The configuration with which the server was started. */
  readonly first: LoadedConfig;
  /** The options of the command line, which win. */
  readonly flags: ServeOptions;
  readonly server: Pick<CriaServer, "reconfigure">;
  readonly logger: Logger;
}

/**
 * A configuration file that a running server follows: it is read again when it changes, or a file with a key or a certificate that it names, and whenever
 * {@link reload} is called.
 */
export class FollowedConfig {
  readonly #options: FollowOptions;
  /** The content that was read last, used or refused. */
  #bytes: Buffer;
  #turn: Promise<void> = Promise.resolve();
  /** Whether the file is to be read once the turn has come, even if it hasn't changed; undefined while nothing waits for its turn. */
  #waiting: boolean | undefined;
  /** What is wrong with the file, as it was told; "" if nothing is. */
  #told = "";
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;
  /** The files that it names. */
  #named: ReadonlySet<string> = new Set();
  readonly #onChange = () => this.#inTurn(false);
  /** Whether one of them has changed since they were read. */
  #namedChanged = false;
  readonly #onNamedChange = (now: Stats, before: Stats) => {
    // told at first of a file that isn't there
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino) return;
    this.#namedChanged = true;
    this.#inTurn(false);
  };

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#bytes = options.first.bytes;
    watchFile(options.first.file, WATCHED, this.#onChange);
    this.#watch(options.first.files);
    // they may have changed while the server started
    const { files, readAt } = options.first;
    this.#namedChanged = files.some(
      (file) => (statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0) > readAt,
    );
    this.#onChange();
  }

  /** Reads the file again even if it hasn't changed: what it names may have. */
  reload(): void {
    this.#inTurn(true);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    unwatchFile(this.#options.first.file, this.#onChange);
    this.#watch([]);
  }

  /** Watches the files that are named now, and those alone. */
  #watch(files: readonly string[]): void {
    const before = this.#named;
    this.#named = new Set(files);
    for (const file of before) if (!this.#named.has(file)) unwatchFile(file, this.#onNamedChange);
    for (const file of this.#named) if (!before.has(file)) watchFile(file, WATCHED, this.#onNamedChange);
  }

  /** Many signals are one reading: each may wait for upstreams that don't answer. */
  #inTurn(always: boolean): void {
    const isWaiting = this.#waiting !== undefined;
    this.#waiting = always || this.#waiting === true;
    if (isWaiting) return;
    this.#turn = this.#turn.then(() => {
      const reads = this.#waiting ?? false;
      this.#waiting = undefined;
      return this.#stopped ? undefined : this.#read(reads);
    });
  }

  /** Never throws. */
  async #read(always: boolean): Promise<void> {
    const { file } = this.#options.first;
    clearTimeout(this.#retry);
    // whoever asks is told again
    if (always) this.#told = "";
    try {
      if (!always) {
        const changed = this.#namedChanged || !(await readBytes(file)).equals(this.#bytes);
        if (!changed && this.#told === "") return;
        if (changed) await sleep(SETTLE_MS);
      }
      this.#namedChanged = false;
      this.#bytes = await readBytes(file);
      await this.#use(await loadConfig(file));
      this.#told = "";
    } catch (error) {
      if (this.#stopped) return;
      this.#tell(error);
      this.#retry = setTimeout(this.#onChange, RETRY_MS).unref();
    }
  }

  async #use(loaded: LoadedConfig): Promise<void> {
    const { first, flags, server, logger } = this.#options;
    if (!this.#stopped) this.#watch(loaded.files);
    if (loaded.problems.length > 0) throw new ConfigError(loaded.file, loaded.problems);
    try {
      await server.reconfigure(mergeOptions(loaded.options, flags));
    } catch (error) {
      const problems = placeError(error, loaded);
      throw problems.length === 0 ? error : new ConfigError(loaded.file, problems, { cause: error });
    }
    logger.level = loaded.settings.log?.level ?? "info";
    const kept = FIXED.filter(
      (pointer) => !isSame(valueAt(first.settings, pointer), valueAt(loaded.settings, pointer)),
    );
    const tlsOf = ({ settings }: LoadedConfig) => kindOfTls(settings.listen?.tls);
    if (tlsOf(first) !== tlsOf(loaded)) kept.push("/listen/tls");
    for (const pointer of kept) {
      const { line, column } = loaded.place(pointer, "key");
      const name = pointer.slice(1).replaceAll("/", ".");
      logger.warn(
        { file: loaded.file, line, column },
        `${name} can't be changed while the server runs: it stays as it was. Start the server again to change it`,
      );
    }
    logger.info({ file: loaded.file }, "the configuration was read again, and holds from now on");
  }

  /** Once, until something else is wrong. */
  #tell(error: unknown): void {
    const { first, logger } = this.#options;
    const { file } = first;
    const message = error instanceof Error ? error.message : String(error);
    const problems = error instanceof ConfigError ? error.problems : [{ message }];
    const told = JSON.stringify(problems);
    if (told === this.#told) return;
    this.#told = told;
    for (const { line, column, message: words } of problems.slice(0, MOST_PROBLEMS))
      logger.error({ file, line, column }, words);
    if (problems.length > MOST_PROBLEMS)
      logger.error({ file }, `There are ${problems.length - MOST_PROBLEMS} more.`);
    logger.error(
      { file },
      "the configuration stays as it was: mend the file, or what it names, and it is read again",
    );
  }
}

/** A server keeps its kind of TLS; a certificate of the operator's own may be another one. */
function kindOfTls(tls: NonNullable<LoadedConfig["settings"]["listen"]>["tls"]): string | undefined {
  return typeof tls === "object" ? "own" : tls;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
