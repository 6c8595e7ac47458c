import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Column, Language } from "./columns.js";

const isWindows = process.platform === "win32";

/** How the client of a language is started: a command, and what must be there for it. */
interface Program {
  readonly command: readonly string[];
  /** Files without which it can't run. */
  readonly needs: readonly string[];
  /** What makes them. */
  readonly madeBy: string;
}

const python = path(isWindows ? ".venv/Scripts/python.exe" : ".venv/bin/python");
const compiled = (language: string) =>
  path(`.cache/conformance/${language}/${isWindows ? "client.exe" : "client"}`);
const javaArguments = path(".cache/conformance/java/client.args");

const programs: Readonly<Record<Language, Program>> = {
  JavaScript: {
    command: [process.execPath, path("test/conformance/clients/javascript/main.mjs")],
    needs: [],
    madeBy: "npm install",
  },
  Python: {
    // without writing compiled files beside the sources
    command: [python, "-B", path("test/conformance/clients/python/main.py")],
    needs: [python, path(".venv/cria-requirements.txt")],
    madeBy: "npm test",
  },
  Java: { command: ["java", `@${javaArguments}`], needs: [javaArguments], madeBy: "npm test" },
  Go: { command: [compiled("go")], needs: [compiled("go")], madeBy: "npm run conformance:all" },
  Rust: { command: [compiled("rust")], needs: [compiled("rust")], madeBy: "npm run conformance:all" },
};

/** Why the clients of a language can't be run here; undefined where they can. */
export function whyNotRun(language: Language): string | undefined {
  const { needs, madeBy } = programs[language];
  const missing = needs.find((file) => !existsSync(file));
  return missing === undefined ? undefined : `${missing} isn't there: \`${madeBy}\` makes it`;
}

/** What starts the client of a column. */
export function clientCommand({ language, transport, sdk }: Column): readonly string[] {
  if (language === undefined) throw new Error(`There is no client for ${sdk}.`);
  return [...programs[language].command, "--transport", transport];
}

function path(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}
