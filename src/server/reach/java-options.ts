/** Variables with options for Java: its own, and those of the tools that start it. */
const JAVA_VARIABLES = [
  "JAVA_TOOL_OPTIONS",
  "JDK_JAVA_OPTIONS",
  "_JAVA_OPTIONS",
  "JAVA_OPTS",
  "MAVEN_OPTS",
  "GRADLE_OPTS",
  "SBT_OPTS",
];

/** Java's option with the hosts that need no proxy. It's for HTTPS too. */
const NON_PROXY_HOSTS = /(-Dhttp\.nonProxyHosts=["']?)(?=[^\s"'])/u;

/** An option that sends Java's requests to a proxy. */
const PROXY = /-Dhttps?\.proxyHost=/u;

/**
 * Properties of the AWS SDK for Java that say where, or as whom, it calls. They win over environment variables.
 *
 * The SDK's names: `SdkSystemSetting` and `ProfileFileSystemSetting`.
 */
const AWS_PROPERTY =
  /\s*(?<!\S)["']?-Daws\.(?:accessKeyId|secretAccessKey|secretKey|sessionToken|accountId|accountIdEndpointMode|profile|configFile|sharedCredentialsFile|roleArn|roleSessionName|webIdentityTokenFile|container\w*|endpointUrl\w*|ignoreConfiguredEndpointUrls|useFipsEndpoint|useDualstackEndpoint|authSchemePreference|bearerToken\w*|sigv4aSigningRegionSet)=\S*/gu;

/**
 * The variables with options for Java that must change so that it calls Cria, and without a proxy.
 *
 * The SDK's clients go to the proxy of `-Dhttp.proxyHost` even for loopback addresses, unless `-Dhttp.nonProxyHosts` has them. Java
 * prints a line about `JAVA_TOOL_OPTIONS`, so that is set only where a proxy is asked for.
 *
 * @param host - the server's
 * @param keepCredentials - leave the properties of the AWS SDK
 * @param words - the program and its arguments, where known: they may ask for a proxy too
 */
export function javaVariables(
  base: NodeJS.ProcessEnv,
  host: string,
  keepCredentials: boolean,
  words: readonly string[] = [],
): Record<string, string> {
  const direct = [...new Set([host, "localhost", "127.*", "[::1]"])].join("|");
  const set = Object.fromEntries(JAVA_VARIABLES.flatMap((name) => (base[name] ? [[name, base[name]]] : [])));
  const changed: Record<string, string> = {};
  for (const [name, options] of Object.entries(set)) {
    const own = keepCredentials ? options : options.replaceAll(AWS_PROPERTY, "").trim();
    const wanted = own.includes(direct)
      ? own
      : own.replace(NON_PROXY_HOSTS, (option) => `${option}${direct}|`);
    if (wanted !== options) changed[name] = wanted;
  }
  const all = [...Object.values({ ...set, ...changed }), ...words];
  if (
    all.some((text) => PROXY.test(text)) &&
    !Object.values({ ...set, ...changed }).some((text) => NON_PROXY_HOSTS.test(text))
  ) {
    const options = changed["JAVA_TOOL_OPTIONS"] ?? set["JAVA_TOOL_OPTIONS"] ?? "";
    changed["JAVA_TOOL_OPTIONS"] = `${options} -Dhttp.nonProxyHosts=${direct}`.trim();
  }
  return changed;
}
