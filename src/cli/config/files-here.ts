import { readFile, stat } from "node:fs/promises";

import { looksLikeKey } from "../../config/index.js";
import { errorCode } from "../../platform/index.js";

/** What is wrong with a file, or with a variable, that a configuration names. */
export interface NamedProblem {
  /** What is wrong, and what to do: sentences. */
  readonly message: string;
  /** Whether it is only not here, or not for this user: elsewhere it may be. */
  readonly isAbsent: boolean;
  /** Whether what stands there may be the secret itself. */
  readonly isSecret?: true;
}

/** A file as a configuration names it, and where that is. */
export interface NamedFile {
  /** As it is written. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** The text of a file, or what is wrong. */
export async function readNamed(file: NamedFile): Promise<string | NamedProblem> {
  try {
    return await readFile(file.path, "utf8");
  } catch (error) {
    return unreadable(file, errorCode(error));
  }
}

/** What is wrong with a file that isn't read here; undefined if it is there. */
export async function missingFile(file: NamedFile): Promise<NamedProblem | undefined> {
  try {
    return (await stat(file.path)).isDirectory() ? unreadable(file, "EISDIR") : undefined;
  } catch (error) {
    return unreadable(file, errorCode(error));
  }
}

/** Why a file can't be read, and what to do. @param code - of the system's error */
function unreadable({ name, path }: NamedFile, code: string): NamedProblem {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
    case "ENAMETOOLONG":
      if (looksLikeKey(name)) return { message: KEY_FOR_FILE, isAbsent: false, isSecret: true };
      return {
        message: `${path} isn't there. Create it, or correct the path: a relative one starts at the folder of the configuration file.`,
        isAbsent: true,
      };
    case "EACCES":
    case "EPERM":
      return {
        message: `This user may not read ${path}. Let the user read it who starts Cria, or name another file.`,
        isAbsent: true,
      };
    case "EISDIR":
      return { message: `${path} is a folder. Name the file in it.`, isAbsent: false };
    default:
      return {
        message: `${path} can't be read (${code}). Look whether it is an ordinary file, or name another one.`,
        isAbsent: false,
      };
  }
}

const KEY_FOR_FILE =
  "What stands here looks like the key itself, and there is no such file: the setting names a file. Write the key into a file, and here the file's path. " +
  "Whoever could read this file may know the key: replace it.";

/** What is wrong with a variable that should hold a key. */
export function variableProblem(name: string, problem: "empty" | "unfit"): NamedProblem {
  if (problem === "unfit")
    return {
      message: `The variable ${name} must hold the key and nothing else: visible characters of ASCII, without spaces.`,
      isAbsent: false,
    };
  if (looksLikeKey(name)) return { message: KEY_FOR_VARIABLE, isAbsent: false, isSecret: true };
  return {
    message: `The variable ${name} is empty or not set. Set it where Cria is started, or name another one.`,
    isAbsent: true,
  };
}

const KEY_FOR_VARIABLE =
  "What stands here looks like the key itself, and no variable has that name: the setting names an environment variable. Write, for example, " +
  "`keyEnv: VLLM_KEY`, and set that variable to the key. Whoever could read this file may know the key: replace it.";
