import { ConfigError, type ConfigSettings, valueAt } from "../../config/index.js";
import type { ServeOptions } from "../../server/index.js";
import { FollowedConfig, type FollowOptions } from "./followed-config.js";
import { type FoundProblem, type LoadedConfig, loadConfig } from "./load-config.js";
import { mergeOptions, optionOf, overridden } from "./merge-options.js";
import { oncePerSetting, placeError, refusedHere } from "./refused-here.js";

/** Options that a command doesn't take from a file. */
export type LeftOut = readonly (keyof ServeOptions)[];

/** The configuration file of a command that starts a server. */
export class ConfigFile {
  readonly #loaded: LoadedConfig;
  /** What the server would refuse of the file. */
  readonly #refused: readonly FoundProblem[];
  /** The file's options that hold: those that the command line doesn't replace. */
  #holding: ServeOptions;

  private constructor(loaded: LoadedConfig, refused: readonly FoundProblem[]) {
    this.#loaded = loaded;
    this.#refused = refused;
    this.#holding = loaded.options;
  }

  /**
   * Reads a file.
   *
   * @param leftOut - what the command doesn't use of it
   * @throws {ConfigError} it can't be read, something in it is wrong, or a variable or file that it names isn't here.
   */
  static async open(file: string, leftOut: LeftOut = []): Promise<ConfigFile> {
    const loaded = await loadConfig(file);
    const problems = loaded.problems.filter(
      ({ pointer }) => !leftOut.some((name) => name === optionOf(pointer)),
    );
    if (problems.length > 0) throw new ConfigError(file, problems);
    return new ConfigFile(loaded, await refusedHere(loaded, leftOut));
  }

  get settings(): ConfigSettings {
    return this.#loaded.settings;
  }

  /** The file's options with those of the command line, which win. @param onNotice - told which of the file's don't hold */
  optionsWith(flags: ServeOptions, onNotice: (line: string) => void): ServeOptions {
    const { file, options } = this.#loaded;
    const names = overridden(options, flags);
    if (names.length > 0) onNotice(`the command line wins over ${file}: ${names.join(", ")}`);
    const merged = mergeOptions(options, flags);
    this.#holding = merged;
    return merged;
  }

  /**
   * An error of the server with the places of the settings that it is about, and with all else in the file that the server would refuse.
   *
   * @returns the error itself if no setting of the file led to it
   */
  explain(error: unknown): unknown {
    const placed = placeError(error, this.#loaded).filter((each) => this.#holds(each));
    if (placed.length === 0) return error;
    const others = this.#refused.filter((each) => this.#holds(each));
    return new ConfigError(this.#loaded.file, oncePerSetting([...placed, ...others]), { cause: error });
  }

  /** Has a server follow the file's changes. */
  follow(options: Omit<FollowOptions, "first">): FollowedConfig {
    return new FollowedConfig({ ...options, first: this.#loaded });
  }

  /** Whether a setting of the file is one that the command line leaves as it is. */
  #holds({ pointer }: FoundProblem): boolean {
    const option = optionOf(pointer);
    return valueAt(this.#holding, option) === valueAt(this.#loaded.options, option);
  }
}
