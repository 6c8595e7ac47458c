// Prepares the Java example to run with Maven, and builds the Java conformance client into .cache/conformance/java.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { attempt } from "./attempt.mjs";
import { buildOnce } from "./build-once.mjs";

const MIN_JAVA = "17";

/** On Windows Maven is a batch file, which only a shell can start. */
const MAVEN = process.platform === "win32" ? ["cmd", "/c", "mvn"] : ["mvn"];

/** A client runs for seconds: it starts faster with only the quick compiler and the simplest garbage collector. */
const JVM_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

/**
 * Downloads everything that `mvn compile exec:java` needs into Maven's repository, so that the example needs no network later. Takes two
 * seconds if everything is there: the repository isn't ours, so it is checked each time.
 *
 * @returns undefined, or the reason for a failure
 */
export function setUpMaven(root, env) {
  return maven(join(root, "examples/java"), env, "compile", "exec:java", "-Dexec.skip=true");
}

/**
 * Takes about 15 s if Maven has to download everything, and no time once it is done. The client is started by
 * `java @.cache/conformance/java/client.args`, which takes half a second.
 *
 * @returns undefined, or the reason for a failure
 */
export async function setUpJava(root, env) {
  const folder = join(root, ".cache/conformance/java");
  const client = join(root, "test/conformance/clients/java");
  const why = await buildOnce({
    folder,
    programs: ["client.args"],
    sources: [join(client, "pom.xml"), join(client, "src"), fileURLToPath(import.meta.url)],
    build: (place) => buildClient(client, place, env),
  });
  // a client that was built earlier still needs Java
  return why ?? (await attempt("java", ["-version"], { env, quiet: true }));
}

/** Copies the libraries into the client's folder, so that it doesn't depend on Maven's repository. */
async function buildClient(project, folder, env) {
  const classes = join(folder, "client");
  const libraries = join(folder, "libraries");
  for (const made of [classes, libraries]) rmSync(made, { recursive: true, force: true });
  const options = ["-DincludeScope=runtime", `-DoutputDirectory=${libraries}`];
  const uncopied = await maven(project, env, "dependency:copy-dependencies", ...options);
  if (uncopied !== undefined) return uncopied;
  mkdirSync(classes);
  const sources = join(project, "src/main/java");
  const files = readdirSync(sources).map((name) => join(sources, name));
  // javac itself reports a JDK that is too old
  const args = ["--release", MIN_JAVA, "-encoding", "UTF-8", "-d", classes, "-cp", join(libraries, "*")];
  const uncompiled = await attempt("javac", [...args, ...files], { env });
  if (uncompiled !== undefined) return uncompiled;
  const words = [...JVM_OPTIONS, "-cp", [classes, join(libraries, "*")].join(delimiter), "Main"];
  writeFileSync(join(folder, "client.args"), words.map(quoted).join("\n"));
  return undefined;
}

function maven(project, env, ...goals) {
  const [command, ...args] = MAVEN;
  return attempt(command, [...args, "-q", "-B", "-f", project, ...goals], { env });
}

/** Quotes a word for an argument file of `java`, in which a backslash escapes the next character. */
export function quoted(word) {
  return `"${word.replaceAll("\\", "\\\\")}"`;
}
