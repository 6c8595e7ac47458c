import { readFile } from "node:fs/promises";

import type { TlsOptions } from "../server/index.js";
import type { TlsCommandOptions } from "./commands/tls-options.js";
import { UsageError } from "./errors/usage-error.js";

/**
 * The options of a command as `serve()` takes them.
 *
 * @throws {UsageError} options that don't go together, or a file that can't be read.
 */
export async function tlsSettings(options: TlsCommandOptions): Promise<{ readonly tls?: TlsOptions }> {
  const { tlsCert, tlsKey, tlsSelfSigned } = options;
  if (tlsSelfSigned) {
    if (tlsCert === undefined && tlsKey === undefined) return { tls: "self-signed" };
    throw new UsageError(
      "--tls-self-signed makes a certificate: leave out --tls-cert and --tls-key, or leave it out itself.",
    );
  }
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsKey === undefined) throw new UsageError("--tls-cert needs its key: add `--tls-key FILE`.");
  if (tlsCert === undefined) throw new UsageError("--tls-key needs its certificate: add `--tls-cert FILE`.");
  const [cert, key] = await Promise.all([read("--tls-cert", tlsCert), read("--tls-key", tlsKey)]);
  return { tls: { cert, key } };
}

async function read(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${option} ${file} can't be read: ${reason}.`, { cause: error });
  }
}
