import { javaTrustOptions, keytoolArguments, type CriaServer } from "../server/index.js";
import { quote } from "./shell-lines.js";

/**
 * What a person with Java has to do where Cria found no `keytool` to do it: comments for a shell, so that they can be pasted
 * with the lines around them.
 *
 * @returns "" where there is nothing to do
 */
export function javaTrustLines({ certificateFile }: CriaServer, env: NodeJS.ProcessEnv): string {
  if (certificateFile === undefined || env["JAVA_TOOL_OPTIONS"]?.includes("javax.net.ssl.trustStore="))
    return "";
  const store = "cria-trust-store";
  return [
    "where there is Java, make it trust this server and no other:",
    ["keytool", ...keytoolArguments(certificateFile, store)].map(quote).join(" "),
    `export JAVA_TOOL_OPTIONS=${quote(javaTrustOptions(store))}`,
  ]
    .map((line) => `# ${line}\n`)
    .join("");
}
