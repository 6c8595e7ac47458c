import { resolve } from "node:path";
import envPaths from "env-paths";

/**
 * The folder that holds everything Cria keeps on disk: the engine and the models, and the keys of those who may call.
 *
 * It can be deleted at any time; what is missing is fetched again, and keys are made anew.
 *
 * @param env - read for `CRIA_HOME`, which may be relative to the working directory; empty counts as unset
 * @returns an absolute path, which need not exist yet
 *
 * @default the platform's cache folder (`~/.cache/cria`, `~/Library/Caches/cria`, `%LOCALAPPDATA%\cria\Cache`)
 */
export function criaHome(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["CRIA_HOME"];
  return chosen ? resolve(chosen) : envPaths("cria", { suffix: "" }).cache;
}
