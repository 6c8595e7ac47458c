/**
 * Commands for a POSIX shell that set and unset environment variables.
 *
 * @param values - the variables to set
 * @param cleared - the names of those to unset
 */
export function shellLines(values: NodeJS.ProcessEnv, cleared: Iterable<string>): string {
  const lines = Object.entries(values).map(([name, value = ""]) => `export ${name}=${quote(value)}`);
  return [...lines, `unset ${[...cleared].join(" ")}`].map((line) => `${line}\n`).join("");
}

/** Quotes a word for a POSIX shell; leaves it bare if it has no special characters. */
export function quote(value: string): string {
  return /^[\w.,:/@%+=-]+$/u.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
