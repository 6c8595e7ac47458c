import { fileURLToPath } from "node:url";

import type { Toolchain } from "../../../scripts/toolchains.mjs";
import { whyNot } from "../../support/toolchain.js";
import type { Column, Language } from "./columns.js";

const isWindows = process.platform === "win32";

/** The command that starts the client of a language, and the files it needs. */
interface Program {
  readonly command: readonly string[];
  /** Undefined for the language that the tests themselves run in. */
  readonly toolchain: Toolchain | undefined;
  /** Files that the client needs, relative to the repository. */
  readonly needs: readonly string[];
}

const python = isWindows ? ".venv/Scripts/python.exe" : ".venv/bin/python";
const javaArguments = ".cache/conformance/java/client.args";

const compiled = (language: "go" | "rust"): Program => {
  const client = `.cache/conformance/${language}/${isWindows ? "client.exe" : "client"}`;
  return { command: [path(client)], toolchain: language, needs: [client] };
};

const programs: Readonly<Record<Language, Program>> = {
  JavaScript: {
    command: [process.execPath, path("test/conformance/clients/javascript/main.mjs")],
    toolchain: undefined,
    needs: [],
  },
  Python: {
    // without writing compiled files beside the sources
    command: [path(python), "-B", path("test/conformance/clients/python/main.py")],
    toolchain: "python",
    needs: [python, ".venv/cria-requirements.txt"],
  },
  Java: { command: ["java", `@${path(javaArguments)}`], toolchain: "java", needs: [javaArguments] },
  Go: compiled("go"),
  Rust: compiled("rust"),
};

/** Why the clients of a language can't be run here; undefined if they can. */
export function whyNotRun(language: Language): string | undefined {
  const { toolchain, needs } = programs[language];
  return toolchain && whyNot(toolchain, needs);
}

/** The command that starts the client of a column. */
export function clientCommand({ language, transport }: Column): readonly string[] {
  return [...programs[language].command, "--transport", transport];
}

function path(relative: string): string {
  return fileURLToPath(new URL(`../../../${relative}`, import.meta.url));
}
