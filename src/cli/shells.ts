/** The shells for which Cria prints lines to paste. */
export const SHELLS = ["posix", "fish", "powershell", "cmd"] as const;

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

/** How a notice speaks of another window with the same shell. */
export const ANOTHER_SHELL: Readonly<Record<Shell, string>> = {
  posix: "another shell",
  fish: "another shell",
  powershell: "another PowerShell",
  cmd: "another cmd window",
};

/**
 * The shell that probably started this process. Elsewhere than on Windows `SHELL` names the user's own. On Windows no variable names it, but `cmd`
 * sets `PROMPT`, and Git Bash and its like set `MSYSTEM`.
 */
export function shellInUse(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Shell {
  if (platform !== "win32" && env["SHELL"]?.endsWith("/fish")) return "fish";
  if (platform !== "win32" || env["MSYSTEM"]) return "posix";
  return env["PROMPT"] ? "cmd" : "powershell";
}

/**
 * Commands that set and unset environment variables.
 *
 * @param values - the variables to set
 * @param cleared - the names of those to unset
 */
export function shellLines(values: NodeJS.ProcessEnv, cleared: Iterable<string>, shell: Shell): string {
  const lines = Object.entries(values).map(([name, value = ""]) => setLine(name, value, shell));
  return [...lines, ...unsetLines([...cleared], shell)].map((line) => `${line}\n`).join("");
}

/** The command that sets a variable. */
export function setLine(name: string, value: string, shell: Shell): string {
  switch (shell) {
    case "posix":
      return `export ${name}=${quote(value, shell)}`;
    case "fish":
      return `set -gx ${name} ${quote(value, shell)}`;
    case "powershell":
      return `$env:${name} = ${quotePowerShell(value)}`;
    case "cmd":
      return `set "${name}=${value}"`;
  }
}

function unsetLines(names: readonly string[], shell: Shell): readonly string[] {
  switch (shell) {
    case "posix":
      return [`unset ${names.join(" ")}`];
    case "fish":
      // it has no `unset`
      return [`set -e ${names.join(" ")}`];
    case "powershell":
      // it complains of those that aren't set
      return [`Remove-Item ${names.map((name) => `Env:${name}`).join(", ")} -ErrorAction SilentlyContinue`];
    case "cmd":
      return names.map((name) => `set "${name}="`);
  }
}

/** A line that a shell ignores. */
export function commentLine(text: string, shell: Shell): string {
  return `${shell === "cmd" ? "rem" : "#"} ${text}`;
}

/** Quotes a word; leaves it bare if it has no special characters. */
export function quote(value: string, shell: Shell): string {
  switch (shell) {
    case "posix":
      return /^[\w.,:/@%+=-]+$/u.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
    case "fish":
      // unlike in other shells, a backslash is one inside quotation marks too
      return /^[\w.,:/@+=-]+$/u.test(value) ? value : `'${value.replace(/[\\']/gu, "\\$&")}'`;
    case "powershell":
      return /^[\w.:/\\+][\w.:/\\+=-]*$/u.test(value) ? value : quotePowerShell(value);
    case "cmd":
      return /^[\w.:/\\@+-]+$/u.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
  }
}

/** PowerShell takes typographic quotation marks for plain ones. */
function quotePowerShell(value: string): string {
  return `'${value.replace(/['‘’‚‛]/gu, "$&$&")}'`;
}
