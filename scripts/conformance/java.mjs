// Makes the Java example ready to run with Maven, and builds the Java conformance client into .cache/conformance/java.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { attempt } from "./attempt.mjs";
import { buildOnce } from "./build-once.mjs";

const MIN_JAVA = "17";

/** On Windows it's a batch file, which only a shell starts. */
const MAVEN = process.platform === "win32" ? ["cmd", "/c", "mvn"] : ["mvn"];

/** A client lives for seconds: it starts sooner with the quick compiler alone and the simplest garbage collector. */
const JVM_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

/**
 * Brings all that `mvn compile exec:java` needs into Maven's repository, so that the example needs no network afterwards. Takes two
 * seconds where it's there: the repository isn't ours, so it's looked at each time.
 *
 * @returns undefined, or why it can't be done
 */
export function setUpMaven(root, env) {
  return maven(join(root, "examples/java"), env, "compile", "exec:java", "-Dexec.skip=true");
}

/**
 * Takes some 15 s where Maven has to fetch everything, and nothing once it's done. The client is started by
 * `java @.cache/conformance/java/client.args`, which takes half a second.
 *
 * @returns undefined, or why it can't be done
 */
export async function setUpJava(root, env) {
  const folder = join(root, ".cache/conformance/java");
  const client = join(root, "test/conformance/clients/java");
  const why = await buildOnce({
    folder,
    programs: ["client.args"],
    sources: [join(client, "pom.xml"), join(client, "src"), fileURLToPath(import.meta.url)],
    build: () => buildClient(client, folder, env),
  });
  // a client that was built before needs Java all the same
  return why ?? (await attempt("java", ["-version"], { env, quiet: true }));
}

/** With copies of its libraries: it starts as long as its folder is there, whatever becomes of Maven's repository. */
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
  // whether the JDK is new enough, javac itself says
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

/** In a file of arguments, which `java` reads by rules of its own: a backslash escapes what follows it. */
function quoted(word) {
  return `"${word.replaceAll("\\", "\\\\")}"`;
}
