import { readFile } from "node:fs/promises";

import { type Command, Option } from "commander";

import type { TlsOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";

/** The options that say with which certificate a server of ours speaks TLS. */
export interface TlsCommandOptions {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsSelfSigned?: boolean;
}

const GROUP = "TLS, on the same port as plain HTTP:";

const HELP = `
Over TLS, Cria speaks HTTP/2 and HTTP/1.1, as the client chooses. A certificate of its own is made
at first use, for localhost and --host, and kept in CRIA_HOME/tls for a year. The lines to export make
programs trust it: JavaScript, boto3, Go, Rust and, where keytool is, Java. What replaces a program's
trusted certificates (AWS_CA_BUNDLE, SSL_CERT_FILE) names a file with all those trusted here already.`;

/** Adds them to a command, and to its help what a certificate of our own means. */
export function addTlsOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--tls-cert <file>",
        "the server's certificate in PEM, with those that lead to its authority",
      ).helpGroup(GROUP),
    )
    .addOption(new Option("--tls-key <file>", "its private key in PEM").helpGroup(GROUP))
    .addOption(new Option("--tls-self-signed", "a certificate of Cria's own").helpGroup(GROUP))
    .addHelpText("after", HELP);
}

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
