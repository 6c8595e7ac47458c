import { ConfigError, type ConfigSettings } from "../../config/index.js";
import type { ServeOptions } from "../../server/index.js";
import { FollowedConfig, type FollowOptions } from "./followed-config.js";
import { type LoadedConfig, loadConfig } from "./load-config.js";
import { mergeOptions, overridden } from "./merge-options.js";
import { placeError } from "./place-error.js";

/** The configuration file of a command that starts a server. */
export class ConfigFile {
  readonly #loaded: LoadedConfig;

  private constructor(loaded: LoadedConfig) {
    this.#loaded = loaded;
  }

  /**
   * Reads a file.
   *
   * @throws {ConfigError} it can't be read, something in it is wrong, or a variable or file that it names isn't here.
   */
  static async open(file: string): Promise<ConfigFile> {
    const loaded = await loadConfig(file);
    if (loaded.missing.length > 0) throw new ConfigError(file, loaded.missing);
    return new ConfigFile(loaded);
  }

  get settings(): ConfigSettings {
    return this.#loaded.settings;
  }

  /** The file's options with those of the command line, which win. @param onNotice - told which of the file's don't hold */
  optionsWith(flags: ServeOptions, onNotice: (line: string) => void): ServeOptions {
    const { file, options } = this.#loaded;
    const names = overridden(options, flags);
    if (names.length > 0) onNotice(`the command line wins over ${file}: ${names.join(", ")}`);
    return mergeOptions(options, flags);
  }

  /** An error of the server with the place of the setting that it is about, if one is. */
  explain(error: unknown): unknown {
    return placeError(error, this.#loaded);
  }

  /** Has a server follow the file's changes. */
  follow(options: Omit<FollowOptions, "first">): FollowedConfig {
    return new FollowedConfig({ ...options, first: this.#loaded });
  }
}
