// Installs a client's pinned packages into .cache/clients, each apart from the others: their dependencies clash.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { attempt } from "../conformance/attempt.mjs";
import { buildOnce } from "../conformance/build-once.mjs";
import { quoted } from "../conformance/java.mjs";

const isWindows = process.platform === "win32";

/** On Windows these are batch files, which only a shell can start. */
const NPM = isWindows ? ["cmd", "/c", "npm"] : ["npm"];
const MAVEN = isWindows ? ["cmd", "/c", "mvn"] : ["mvn"];

/** Warnings would hide the error. */
const QUIETLY = ["--loglevel=error", "--no-audit", "--no-fund", "--no-package-lock"];

/** The JDK that the clients need. */
const MIN_JAVA = "17";

/** A client runs for seconds: it starts faster with only the quick compiler. */
const JVM_OPTIONS = ["-XX:TieredStopAtLevel=1"];

const LANGUAGES = { python: setUpPython, javascript: setUpJavaScript, java: setUpJava };

/**
 * Installs what a client needs, unless it is there.
 *
 * @param root the repository's path
 * @param client one of test/clients/clients.mjs
 * @param env the environment of the programs it runs
 * @returns `{ command, cwd, env }` to which the name of a case is added, or `{ why }` if it can't be installed
 */
export function installClient(root, client, env) {
  const sources = join(root, "test/clients", client.language);
  return LANGUAGES[client.language]({
    client,
    source: join(sources, client.folder),
    support: join(sources, "support"),
    folder: join(root, ".cache/clients", client.language, client.folder),
    env,
  });
}

async function setUpPython({ client, source, support, folder, env }) {
  const python = join(folder, isWindows ? "Scripts/python.exe" : "bin/python");
  const requirements = join(source, "requirements.txt");
  const why = await buildOnce({
    folder,
    programs: [isWindows ? "Scripts/python.exe" : "bin/python"],
    sources: [requirements],
    build: async () =>
      (await attempt(isWindows ? "python" : "python3", ["-m", "venv", "--clear", folder], { env })) ??
      (await attempt(python, ["-m", "pip", "install", "--quiet", "-r", requirements], { env })),
  });
  if (why !== undefined) return { why };
  return {
    command: [python, join(source, client.program)],
    cwd: folder,
    env: { ...env, PYTHONPATH: support },
  };
}

async function setUpJavaScript({ client, source, support, folder, env }) {
  const manifest = join(source, "package.json");
  const why = await buildOnce({
    folder,
    // npm writes it last
    programs: ["node_modules/.package-lock.json"],
    sources: [manifest],
    build: () => {
      copyFileSync(manifest, join(folder, "package.json"));
      const [command, ...args] = [...NPM, "install", ...QUIETLY];
      return attempt(command, args, { cwd: folder, env });
    },
  });
  if (why !== undefined) return { why };
  // a program finds its packages from its own folder
  for (const from of [support, source])
    for (const name of readdirSync(from).filter((name) => name.endsWith(".mjs")))
      copyFileSync(join(from, name), join(folder, name));
  return { command: [process.execPath, join(folder, client.program)], cwd: folder, env };
}

async function setUpJava({ client, source, support, folder, env }) {
  const why = await buildOnce({
    folder,
    programs: ["client.args"],
    sources: [source, support],
    build: async () => {
      const [classes, libraries] = [join(folder, "classes"), join(folder, "libraries")];
      for (const made of [classes, libraries]) rmSync(made, { recursive: true, force: true });
      const [command, ...args] = [...MAVEN, "-q", "-B", "-f", source, "dependency:copy-dependencies"];
      const options = ["-DincludeScope=runtime", `-DoutputDirectory=${libraries}`];
      const unfetched = await attempt(command, [...args, ...options], { env });
      if (unfetched !== undefined) return unfetched;
      mkdirSync(classes);
      const files = [source, support].flatMap((from) =>
        readdirSync(from)
          .filter((name) => name.endsWith(".java"))
          .map((name) => join(from, name)),
      );
      // Spring reads the names of parameters
      const flags = ["--release", MIN_JAVA, "-encoding", "UTF-8", "-parameters", "-d", classes];
      const uncompiled = await attempt("javac", [...flags, "-cp", join(libraries, "*"), ...files], { env });
      if (uncompiled !== undefined) return uncompiled;
      const words = [...JVM_OPTIONS, "-cp", [classes, join(libraries, "*")].join(delimiter)];
      writeFileSync(join(folder, "client.args"), words.map(quoted).join("\n"));
      return undefined;
    },
  });
  if (why !== undefined) return { why };
  return { command: ["java", `@${join(folder, "client.args")}`, client.program], cwd: folder, env };
}
