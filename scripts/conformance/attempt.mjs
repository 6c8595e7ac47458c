// Runs a program of a toolchain, and says in its own words why it failed.
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

/** The most of a program's words that is told: a line of pip's can hold every version of a package. */
const WORDS_LENGTH = 500;

/** The most of a program's output that is kept to look for them. */
const KEPT_OUTPUT = 100_000;

/** How compilers and package managers begin the line that says what is wrong. */
const ERROR = /(?:^|[\s[])error(?:\]|:|\[| [A-Z]+\d+:)/iu;

/** What they say while all is well. */
const PROGRESS =
  /^(?:go: downloading|(?:Downloading|Downloaded|Compiling|Updating|Locking|Adding|Collecting) )/u;

/**
 * @param options.cwd where it runs
 * @param options.env its environment; programs are looked for in its PATH
 * @param options.quiet whether what it prints isn't shown
 * @returns undefined where it succeeds; else why not
 */
export async function attempt(command, args, { cwd, env, quiet = false } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.setEncoding("utf8").on("data", (text) => {
      output = (output + text).slice(0, KEPT_OUTPUT);
      if (!quiet) to.write(text);
    });
  }
  return new Promise((resolve) => {
    child.once("error", ({ code, message }) =>
      resolve(code === "ENOENT" ? `there is no \`${command}\` here` : message),
    );
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : ownWords(output) || `\`${command}\` ended with ${code ?? signal}`),
    );
  });
}

/** The first line that tells an error, and what cargo gives as its last cause; without such a line, all that isn't progress. */
export function ownWords(output) {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !PROGRESS.test(line));
  const error = lines.find((line) => ERROR.test(line));
  const cause = lines.lastIndexOf("Caused by:");
  const told = error === undefined ? lines : [error, ...(cause < 0 ? [] : [lines[cause + 1]])];
  return told.join(" ").slice(0, WORDS_LENGTH);
}
