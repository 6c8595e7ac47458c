// Installs a client's pinned packages into .cache/clients, each apart from the others: their dependencies clash.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

const PYTHON = isWindows ? "Scripts/python.exe" : "bin/python";

/** The JDK that the clients need. */
const MIN_JAVA = "17";

/** A client runs for seconds: it starts faster with only the quick compiler. */
const JVM_OPTIONS = ["-XX:TieredStopAtLevel=1"];

/** How the packages of each language are installed, and how a program is started then. */
const LANGUAGES = {
  python: {
    setUp: setUpPython,
    start: ({ client, source, support, folder, env }) => ({
      command: [join(folder, PYTHON), join(source, client.program)],
      env: { ...env, PYTHONPATH: support },
    }),
  },
  javascript: {
    setUp: setUpJavaScript,
    start: ({ client, folder, env }) => ({ command: [process.execPath, join(folder, client.program)], env }),
  },
  java: {
    setUp: setUpJava,
    start: ({ client, folder, env }) => ({
      command: ["java", `@${join(folder, "client.args")}`, client.program],
      env,
    }),
  },
};

/**
 * Installs what a client needs, unless it is there.
 *
 * @param root the repository's path
 * @param client one of test/clients/clients.mjs
 * @param env the environment of the programs it runs
 * @returns `{ command, cwd, env }` to which the name of a case is added, or `{ why }` if it can't be installed
 */
export async function installClient(root, client, env) {
  const places = placesOf(root, client, env);
  const { setUp, start } = LANGUAGES[client.language];
  const why = await setUp(places);
  return why === undefined ? { cwd: places.folder, ...start(places) } : { why };
}

/**
 * A client that `npm run clients` has installed. Installs nothing and changes nothing, so that a test may ask.
 *
 * @returns what {@link installClient} returns
 */
export function installedClient(root, client, env) {
  const places = placesOf(root, client, env);
  if (!existsSync(join(places.folder, "stamp.txt")))
    return { why: "`npm run clients` installs it, and hasn't" };
  return { cwd: places.folder, ...LANGUAGES[client.language].start(places) };
}

function placesOf(root, client, env) {
  const sources = join(root, "test/clients", client.language);
  return {
    client,
    source: join(sources, client.folder),
    support: join(sources, "support"),
    folder: join(root, ".cache/clients", client.language, client.folder),
    env,
  };
}

function setUpPython({ source, folder, env }) {
  const python = join(folder, PYTHON);
  const requirements = join(source, "requirements.txt");
  return buildOnce({
    folder,
    programs: [PYTHON],
    sources: [requirements],
    build: async (place) =>
      (await attempt(isWindows ? "python" : "python3", ["-m", "venv", "--clear", place], { env })) ??
      (await attempt(python, ["-m", "pip", "install", "--quiet", "-r", requirements], { env })),
  });
}

async function setUpJavaScript({ source, support, folder, env }) {
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
  if (why !== undefined) return why;
  // a program finds its packages from its own folder
  for (const from of [support, source])
    for (const name of readdirSync(from).filter((name) => name.endsWith(".mjs")))
      copyFileSync(join(from, name), join(folder, name));
  return undefined;
}

function setUpJava({ source, support, folder, env }) {
  return buildOnce({
    folder,
    programs: ["client.args"],
    sources: [source, support],
    build: async (place) => {
      const [classes, libraries] = [join(place, "classes"), join(place, "libraries")];
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
      writeFileSync(join(place, "client.args"), words.map(quoted).join("\n"));
      return undefined;
    },
  });
}
