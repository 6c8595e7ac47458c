import { defaultKeyFile, removeKeys } from "../../server/index.js";
import type { KeysOptions } from "../commands/keys.js";
import { ExitCode } from "../exit-code.js";
import { tell } from "../output.js";

/** `cria keys rm`: those who have these keys may no longer call. */
export async function removeNamedKeys(ids: readonly string[], options: KeysOptions): Promise<number> {
  const { keysFile = defaultKeyFile() } = options;
  await removeKeys(keysFile, ids);
  tell(`removed ${ids.join(", ")} from ${keysFile}.`);
  return ExitCode.ok;
}
