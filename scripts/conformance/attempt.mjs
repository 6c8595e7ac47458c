// Runs a program of a toolchain, and returns its own error message if it fails.
import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

/** The maximum length of the message: one line of pip can list every version of a package. */
const MAX_MESSAGE_LENGTH = 500;

/** The number of characters of output kept to search for the message. */
const MAX_OUTPUT_LENGTH = 100_000;

/** The beginning of an error line of compilers and package managers. */
const ERROR = /(?:^|[\s[])error(?:\]|:|\[| [A-Z]+\d+:)/iu;

/** Their progress lines. */
const PROGRESS =
  /^(?:go: downloading|(?:Downloading|Downloaded|Compiling|Updating|Locking|Adding|Collecting) )/u;

/**
 * @param options.cwd the working directory
 * @param options.env the environment; its PATH is searched for programs
 * @param options.quiet whether to hide the program's output
 * @returns undefined if it succeeds; else the reason for the failure
 */
export async function attempt(command, args, { cwd, env, quiet = false } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.setEncoding("utf8").on("data", (text) => {
      output = (output + text).slice(0, MAX_OUTPUT_LENGTH);
      if (!quiet) to.write(text);
    });
  }
  return new Promise((resolve) => {
    child.once("error", ({ code, message }) =>
      resolve(code === "ENOENT" ? `there is no \`${command}\` here` : message),
    );
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : errorMessage(output) || `\`${command}\` ended with ${code ?? signal}`),
    );
  });
}

/** The first error line, with cargo's last cause; without an error line, all output except progress lines. */
export function errorMessage(output) {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !PROGRESS.test(line));
  const error = lines.find((line) => ERROR.test(line));
  const cause = lines.lastIndexOf("Caused by:");
  const message = error === undefined ? lines : [error, ...(cause < 0 ? [] : [lines[cause + 1]])];
  return message.join(" ").slice(0, MAX_MESSAGE_LENGTH);
}
