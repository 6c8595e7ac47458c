import { defaultKeyFile, listKeys, type ListedKey } from "../../server/index.js";
import type { KeysOptions } from "../commands/keys.js";
import { ExitCode } from "../exit-code.js";
import { print, tell } from "../output.js";

/** `cria keys list`: the keys, without their secrets. */
export async function listAllKeys({ keysFile = defaultKeyFile(), json }: KeysOptions): Promise<number> {
  const keys = await listKeys(keysFile);
  if (keys.length === 0) tell(`there are no keys in ${keysFile}; \`cria keys create\` makes one.`);
  await print(json ? `${JSON.stringify(keys, undefined, 2)}\n` : keys.map(line).join(""));
  return ExitCode.ok;
}

/** The name last, for it can have any width. */
function line({ accessKeyId, createdAt = "", session, ...key }: ListedKey): string {
  const cells = [
    accessKeyId.padEnd(20),
    day(createdAt),
    until(key).padEnd(26),
    session ? "session" : "       ",
    key.name ?? "",
  ];
  return `${cells.join("  ").trimEnd()}\n`;
}

function day(time: string): string {
  return time.slice(0, 10).padEnd(10);
}

function until({ expiresAt, expired }: Pick<ListedKey, "expiresAt" | "expired">): string {
  if (expiresAt === undefined) return "for ever";
  return expired ? "expired" : `until ${expiresAt.replace(/\.\d+/u, "")}`;
}
