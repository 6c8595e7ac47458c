import { delimiter } from "node:path";

import { javaTrustOptions } from "./java-trust-store.js";
import type { TrustFiles } from "./tls-options.js";

/**
 * The variables that make every SDK trust a self-signed certificate, in addition to what programs here trust anyway.
 *
 * @param base - the environment that the variables are added to
 */
export function trustVariables(trust: TrustFiles, base: NodeJS.ProcessEnv): Record<string, string> {
  const { certificate, bundle, javaTrustStore, phpFolder } = trust;
  return {
    // boto3, the AWS CLI, Go
    AWS_CA_BUNDLE: bundle,
    // Rust, .NET on Linux, and programs that use OpenSSL
    SSL_CERT_FILE: bundle,
    // Python's requests, and curl: each prefers its own
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    PHP_INI_SCAN_DIR: phpFolders(phpFolder, base["PHP_INI_SCAN_DIR"]),
    // Node: adds to what is trusted, so the short file will do; the bundle includes the file of a variable that was set already
    NODE_EXTRA_CA_CERTS: base["NODE_EXTRA_CA_CERTS"] ? bundle : certificate,
    ...(javaTrustStore !== undefined && {
      JAVA_TOOL_OPTIONS: javaOptions(javaTrustStore, base["JAVA_TOOL_OPTIONS"]),
    }),
  };
}

/** Appends to the options that are set already: the last option of a name wins. */
function javaOptions(store: string, others = ""): string {
  const own = javaTrustOptions(store);
  return [others.replace(own, "").trim(), own].filter((part) => part !== "").join(" ");
}

/** Adds a folder to those where PHP looks for settings; an empty one is where PHP looks by itself. The last setting wins. */
function phpFolders(folder: string, others = ""): string {
  const before = others.split(delimiter).filter((other) => other !== folder);
  return [...before, folder].join(delimiter);
}
