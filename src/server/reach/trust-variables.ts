import { javaTrustOptions } from "./java-trust-store.js";
import type { TrustFiles } from "./tls-options.js";

/**
 * The variables that make each SDK trust a certificate of Cria's own, beside all that programs here trust anyhow.
 *
 * @param base - what a program would run in otherwise
 */
export function trustVariables(trust: TrustFiles, base: NodeJS.ProcessEnv): Record<string, string> {
  const { certificate, bundle, javaTrustStore } = trust;
  return {
    // boto3, the AWS CLI, Go
    AWS_CA_BUNDLE: bundle,
    // Rust, .NET on Linux, and whatever is built on OpenSSL
    SSL_CERT_FILE: bundle,
    // JavaScript: the one that adds, and reads a short file quicker; one that is set already is in the bundle
    NODE_EXTRA_CA_CERTS: base["NODE_EXTRA_CA_CERTS"] ? bundle : certificate,
    ...(javaTrustStore !== undefined && {
      JAVA_TOOL_OPTIONS: javaOptions(javaTrustStore, base["JAVA_TOOL_OPTIONS"]),
    }),
  };
}

/** After what Java is told already: of options with one name the last holds. */
function javaOptions(store: string, others = ""): string {
  const own = javaTrustOptions(store);
  return [others.replace(own, "").trim(), own].filter((part) => part !== "").join(" ");
}
