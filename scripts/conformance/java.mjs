// Makes the Java example ready to run with Maven, and builds the Java conformance client into .cache/conformance/java.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildOnce } from "./build-once.mjs";

const MIN_JAVA = "17";

/** On Windows it's a batch file, which only a shell starts. */
const MAVEN = process.platform === "win32" ? ["cmd", "/c", "mvn"] : ["mvn"];

/** A client lives for seconds: it starts sooner with the quick compiler alone and the simplest garbage collector. */
const JVM_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

/**
 * Takes some 15 s where Maven has to fetch everything, and nothing once it's done. The client is started by
 * `java @.cache/conformance/java/client.args`, which takes half a second. Returns false, having printed why, where it can't be done.
 */
export function setUpJava(root) {
  const folder = join(root, ".cache/conformance/java");
  const example = join(root, "examples/java");
  const client = join(root, "test/conformance/clients/java");
  return buildOnce({
    language: "Java",
    // whether the JDK is new enough, javac itself says
    toolchain: [...MAVEN, "--version"],
    folder,
    programs: ["client.args"],
    sources: [
      ...[example, client].flatMap((project) => [join(project, "pom.xml"), join(project, "src")]),
      fileURLToPath(import.meta.url),
    ],
    build: () => fetchExample(example) && buildClient(client, folder),
  });
}

/** Brings all that `mvn compile exec:java` needs into Maven's repository, so that it needs no network afterwards. */
function fetchExample(project) {
  return maven(project, "compile", "exec:java", "-Dexec.skip=true");
}

/** With copies of its libraries: it starts as long as its folder is there, whatever becomes of Maven's repository. */
function buildClient(project, folder) {
  const classes = join(folder, "client");
  const libraries = join(folder, "libraries");
  for (const made of [classes, libraries]) rmSync(made, { recursive: true, force: true });
  const copied = maven(
    project,
    "dependency:copy-dependencies",
    "-DincludeScope=runtime",
    `-DoutputDirectory=${libraries}`,
  );
  if (!copied) return false;
  mkdirSync(classes);
  const sources = join(project, "src/main/java");
  const files = readdirSync(sources).map((name) => join(sources, name));
  const options = ["--release", MIN_JAVA, "-encoding", "UTF-8", "-d", classes, "-cp", join(libraries, "*")];
  if (spawnSync("javac", [...options, ...files], { stdio: "inherit" }).status !== 0) return false;
  const words = [...JVM_OPTIONS, "-cp", [classes, join(libraries, "*")].join(delimiter), "Main"];
  writeFileSync(join(folder, "client.args"), words.map(quoted).join("\n"));
  return true;
}

function maven(project, ...goals) {
  const [command, ...args] = MAVEN;
  return (
    spawnSync(command, [...args, "-q", "-B", "-f", project, ...goals], { stdio: "inherit" }).status === 0
  );
}

/** In a file of arguments, which `java` reads by rules of its own: a backslash escapes what follows it. */
function quoted(word) {
  return `"${word.replaceAll("\\", "\\\\")}"`;
}
