/**
 * Lines for a POSIX shell that make its environment what a program needs.
 *
 * @param values - what each variable is set to
 * @param cleared - those that must not be there
 */
export function shellLines(values: NodeJS.ProcessEnv, cleared: Iterable<string>): string {
  const lines = Object.entries(values).map(([name, value = ""]) => `export ${name}=${quote(value)}`);
  return [...lines, `unset ${[...cleared].join(" ")}`].map((line) => `${line}\n`).join("");
}

/** Bare where nothing in it means anything to a shell. */
export function quote(value: string): string {
  return /^[\w.,:/@%+=-]+$/u.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
