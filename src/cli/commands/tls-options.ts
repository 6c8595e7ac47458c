import { readFile } from "node:fs/promises";

import { type Command, Option } from "commander";

import type { TlsOptions } from "../../server/index.js";
import { UsageError } from "../errors.js";

/** Options for the certificate of a server. */
export interface TlsCommandOptions {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsSelfSigned?: boolean;
}

const GROUP = "TLS, on the same port as plain HTTP:";

const HELP = `
Over TLS, Cria speaks HTTP/2 and HTTP/1.1, as the client chooses. --tls-self-signed creates a
certificate for localhost and --host at first use and keeps it in CRIA_HOME/tls for a year. The lines to
export make programs trust it: JavaScript, boto3, Go, Rust and, where keytool is installed, Java.
AWS_CA_BUNDLE and SSL_CERT_FILE replace a program's trusted certificates, so the file they name holds
those that were trusted before, too.`;

/** Adds {@link TlsCommandOptions} to a command, and to its help how programs trust a self-signed certificate. */
export function addTlsOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--tls-cert <file>",
        "the server's certificate in PEM, followed by its intermediate certificates",
      ).helpGroup(GROUP),
    )
    .addOption(new Option("--tls-key <file>", "private key of the certificate, in PEM").helpGroup(GROUP))
    .addOption(
      new Option("--tls-self-signed", "use a self-signed certificate that Cria creates").helpGroup(GROUP),
    )
    .addHelpText("after", HELP);
}

/**
 * The certificate as `serve()` takes it.
 *
 * @throws {UsageError} the options don't go together, or a file can't be read.
 */
export async function tlsSettings(options: TlsCommandOptions): Promise<{ readonly tls?: TlsOptions }> {
  const { tlsCert, tlsKey, tlsSelfSigned } = options;
  if (tlsSelfSigned) {
    if (tlsCert === undefined && tlsKey === undefined) return { tls: "self-signed" };
    throw new UsageError(
      "--tls-self-signed can't be used with --tls-cert or --tls-key: leave out one or the other.",
    );
  }
  if (tlsCert === undefined && tlsKey === undefined) return {};
  if (tlsKey === undefined)
    throw new UsageError("--tls-cert needs the private key of the certificate: add `--tls-key FILE`.");
  if (tlsCert === undefined)
    throw new UsageError("--tls-key needs the certificate of the key: add `--tls-cert FILE`.");
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
